import { silentSpan } from "../tracing/span.ts";
import type { InferenceHandle } from "./inference-handle.ts";
import type { ToolHandle } from "./tool-handle.ts";

const disabledTool: ToolHandle = {
  span: silentSpan(),
  ended: true,
  run: (action) => action(),
  end() {},
  abort() {},
  fail() {},
};

/** What a disabled instance hands out: it takes everything and records nothing. */
export const disabledInference: InferenceHandle = {
  span: silentSpan(),
  ended: true,
  capturesContent: false,
  run: (action) => action(),
  evaluationBegun() {},
  promptTokens() {},
  prefilled() {},
  firstToken() {},
  outputCame() {},
  served() {},
  toolsCalled() {},
  tokenAsked() {},
  token() {},
  reasoningTokens() {},
  undeliveredTokens() {},
  contextShift() {},
  speculativeTokens() {},
  dimensions() {},
  startTool: () => disabledTool,
  input() {},
  output() {},
  end() {},
  abort() {},
  fail() {},
};
