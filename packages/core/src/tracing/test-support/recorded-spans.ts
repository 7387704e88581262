import { recordSpans, type SpanRecorder } from "@aiwatch/testkit";
import { afterAll, afterEach, beforeAll } from "vitest";

/** Registers OpenTelemetry's own SDK for the tests of a file. @returns gives the spans that ended in this test */
export function recordedSpans(): SpanRecorder["spans"] {
  let recorder: SpanRecorder;
  beforeAll(() => {
    recorder = recordSpans();
  });
  afterEach(() => recorder.reset());
  afterAll(() => recorder.stop());
  return () => recorder.spans();
}
