import { INVALID_SPAN_CONTEXT, trace } from "@opentelemetry/api";
import type { InferenceHandle } from "./inference.ts";

/** What a disabled instance hands out: it takes everything and tells nobody. */
export const disabledInference: InferenceHandle = {
  span: trace.wrapSpanContext(INVALID_SPAN_CONTEXT),
  ended: true,
  run: (action) => action(),
  evaluationBegun() {},
  promptEvalBegun() {},
  promptTokens() {},
  firstToken() {},
  token() {},
  end() {},
  abort() {},
  fail() {},
};
