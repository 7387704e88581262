import type { InferenceRecord, RequestRecord } from "@aiwatch/core";

export const requestRecord: RequestRecord = {
  requestId: "request-1",
  method: "POST",
  path: "/chat/42",
  route: "/chat/:id",
  status: 200,
  durationMs: 12.345678,
  startedAt: new Date(0),
  userAgent: "curl/8",
  aborted: false,
  own: false,
  chat: true,
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
};

export const inferenceRecord: InferenceRecord = {
  model: "tiny",
  operation: "chat",
  provider: "llama.cpp",
  kind: "internal",
  finishReason: { unified: "stop", raw: "eogToken" },
  parameters: { maxTokens: 64 },
  startedAt: new Date(0),
  durationMs: 100.00049,
  queueMs: 1,
  promptEvalMs: 20,
  firstTokenMs: 21.5,
  decodeMs: 70,
  tokensPerSecond: 42.12345,
  promptTokens: 12,
  cachedPromptTokens: 4,
  outputTokens: 3,
  requestId: "request-1",
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "00f067aa0ba902b7",
};
