import type { Attributes, AttributeValue } from "@opentelemetry/api";

/** OpenTelemetry's attribute names that we emit, GenAI conventions v1.41. The one place that names them. */
export const attribute = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  requestModel: "gen_ai.request.model",
  responseModel: "gen_ai.response.model",
  responseId: "gen_ai.response.id",
  serverAddress: "server.address",
  serverPort: "server.port",
  /** Of HTTP's conventions: how often the same request was sent before. */
  resendCount: "http.request.resend_count",
  maxTokens: "gen_ai.request.max_tokens",
  temperature: "gen_ai.request.temperature",
  topP: "gen_ai.request.top_p",
  topK: "gen_ai.request.top_k",
  seed: "gen_ai.request.seed",
  stream: "gen_ai.request.stream",
  finishReasons: "gen_ai.response.finish_reasons",
  timeToFirstChunk: "gen_ai.response.time_to_first_chunk",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  cacheReadInputTokens: "gen_ai.usage.cache_read.input_tokens",
  reasoningOutputTokens: "gen_ai.usage.reasoning.output_tokens",
  embeddingDimensions: "gen_ai.embeddings.dimension.count",
  inputMessages: "gen_ai.input.messages",
  outputMessages: "gen_ai.output.messages",
  systemInstructions: "gen_ai.system_instructions",
  tokenType: "gen_ai.token.type",
  tokenModality: "gen_ai.token.modality",
  toolName: "gen_ai.tool.name",
  toolCallId: "gen_ai.tool.call.id",
  toolType: "gen_ai.tool.type",
  toolDescription: "gen_ai.tool.description",
  errorType: "error.type",
  httpMethod: "http.request.method",
  httpMethodOriginal: "http.request.method_original",
  httpRoute: "http.route",
  httpStatus: "http.response.status_code",
  urlPath: "url.path",
  urlScheme: "url.scheme",
  userAgent: "user_agent.original",
  protocolVersion: "network.protocol.version",
} as const;

/** Ours, where the conventions have no name. */
export const ownAttribute = {
  requestId: "aiwatch.request.id",
  /** From the request's arrival: what its reader waited. On the server's span, and on that of the inference with the token. */
  requestFirstTokenSeconds: "aiwatch.request.first_token_time",
  beforeModelSeconds: "aiwatch.request.before_model_time",
  /** Tells an abort from a failure, which the conventions call both `error`. */
  finishReason: "aiwatch.finish_reason",
  finishReasonRaw: "aiwatch.finish_reason.raw",
  queueSeconds: "aiwatch.inference.queue_time",
  promptEvalSeconds: "aiwatch.inference.prompt_eval_time",
  timePerOutputTokenSeconds: "aiwatch.inference.time_per_output_token",
  eventLoopDelaySeconds: "aiwatch.inference.event_loop_delay",
  tokensPerSecond: "aiwatch.inference.tokens_per_second",
  toolCalls: "aiwatch.inference.tool_calls",
  unexplainedSeconds: "aiwatch.inference.unexplained_time",
  serverQueueSeconds: "aiwatch.server.queue_time",
  serverLoadSeconds: "aiwatch.server.load_time",
  serverPromptEvalSeconds: "aiwatch.server.prompt_eval_time",
  serverDecodeSeconds: "aiwatch.server.decode_time",
  undeliveredTokens: "aiwatch.inference.undelivered_tokens",
  toolOutcome: "aiwatch.tool.outcome",
} as const;

/** The event that holds prompts and answers where the app opted in. */
export const contentEvent = "gen_ai.client.inference.operation.details";

/** Moments of an inference, as events of its span. */
export const ownEvent = {
  promptEvaluated: "aiwatch.prompt_eval.done",
  contextShift: "aiwatch.context_shift",
} as const;

/** Leaves out what is unknown. */
export function known(attributes: Readonly<Record<string, AttributeValue | undefined>>): Attributes {
  const result: Attributes = {};
  for (const name in attributes) if (attributes[name] !== undefined) result[name] = attributes[name];
  return result;
}
