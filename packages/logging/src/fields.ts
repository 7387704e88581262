/** The names of what our lines hold. The one place that names them. */
export const field = {
  /** Which part of the app wrote the line. */
  component: "component",
  service: "service",
  requestId: "requestId",
  traceId: "traceId",
  spanId: "spanId",

  method: "method",
  /** The path of the request, without its query. */
  path: "path",
  /** The route's template. */
  route: "route",
  status: "status",
  userAgent: "userAgent",
  user: "user",
  aborted: "aborted",

  model: "model",
  operation: "operation",
  /** The model's name that was asked for, where an adapter knows it. */
  requestedModel: "requestedModel",
  /** The model server: host and port. */
  server: "server",
  /** Attempts of the same call that came before, where there were any. */
  attempt: "attempt",
  promptTokens: "promptTokens",
  cachedPromptTokens: "cachedPromptTokens",
  outputTokens: "outputTokens",
  reasoningTokens: "reasoningTokens",
  undeliveredTokens: "undeliveredTokens",
  contextShifts: "contextShifts",
  toolCalls: "toolCalls",
  tool: "tool",
  outcome: "outcome",
  slo: "slo",
  tokensPerSecond: "tokensPerSecond",
  finishReason: "finishReason",
  finishReasonRaw: "finishReasonRaw",

  durationMs: "durationMs",
  /** From the request's arrival to the first token for its reader. */
  requestFirstTokenMs: "requestFirstTokenMs",
  /** The part of it before the model was called. */
  beforeModelMs: "beforeModelMs",
  queueMs: "queueMs",
  promptEvalMs: "promptEvalMs",
  firstTokenMs: "firstTokenMs",
  /** What the model server says of its own queue and of loading the model, and what it leaves unexplained. */
  serverQueueMs: "serverQueueMs",
  serverLoadMs: "serverLoadMs",
  unexplainedMs: "unexplainedMs",
  timePerOutputTokenMs: "timePerOutputTokenMs",
  eventLoopDelayMs: "eventLoopDelayMs",
  /** The failure's type; a message never stands in our lines. */
  errorType: "errorType",
} as const;
