import { silentSpan } from "../tracing/span-ids.ts";
import type { InferenceHandle } from "./inference.ts";

/** What a disabled instance hands out: it takes everything and tells nobody. */
export const disabledInference: InferenceHandle = {
  span: silentSpan(),
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
