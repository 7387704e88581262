import { expect } from "vitest";
import { type ChatRun, callerSpanId, doors, traceIdOf } from "./chat-run.ts";

const ended = 'genai_app_inferences_total{model="tiny-chat",operation="chat",finish_reason="length"}';

/** Each request and each inference is told once, in metrics, in spans of `service` and in lines, and the app came to its own end. */
export function expectObserved(run: ChatRun, service: string): void {
  expect(run.answers).toEqual(doors.map(() => expect.stringMatching(/^200 \S+/)));
  expect(run.stderr).toEqual([]);
  expect(run.exit).toEqual({ code: 0, signal: null });
  expect(run.lines.at(-1)).toMatchObject({ msg: "closed" });
  expect(samplesOf(run, ended)).toEqual([`${ended} ${doors.length}`]);
  for (const door of doors) {
    const route = `/${door}/:id`;
    const labels = `{method="POST",endpoint="${route}",status="200"}`;
    const sample = `genai_app_http_requests_total${labels}`;
    expect(samplesOf(run, sample)).toEqual([`${sample} 1`]);
    expectTrace(run, traceIdOf(door), `POST ${route}`, service);
    const lines = run.lines.filter(({ traceId }) => traceId === traceIdOf(door));
    expect(lines.map(({ msg }) => msg).sort()).toEqual(["inference completed", "request completed"]);
  }
}

/** The same where the app has an SDK of its own, and starts ours all the same. */
export function expectOwnSdk(run: ChatRun): void {
  expectObserved(run, "own-sdk");
  expect(run.lines[0]).toMatchObject({ msg: "listening", whyTracingIsOff: "foreign_provider" });
}

function samplesOf({ metrics }: ChatRun, name: string): string[] {
  return metrics.split("\n").filter((line) => line.startsWith(name));
}

function expectTrace({ spans }: ChatRun, traceId: string, name: string, service: string): void {
  const trace = spans.filter((span) => span.traceId === traceId);
  const server = trace.find(({ kind }) => kind === "server");
  const shown = trace.map((span) => [span.name, span.parentSpanId, span.resource["service.name"]]);
  expect(shown.sort()).toEqual([
    [name, callerSpanId, service],
    ["chat tiny-chat", server?.spanId, service],
  ]);
}
