/** The closed lists that labels draw from. Each is the one place where its values are named. */

/** How an inference ended, whatever words its engine has for it. */
export const finishReasons = ["stop", "length", "tool_calls", "aborted", "error"] as const;
export type UnifiedFinishReason = (typeof finishReasons)[number];

/** Whether it came to its own end: neither failed nor called off. */
export function isCompleted(reason: UnifiedFinishReason): boolean {
  return reason !== "aborted" && reason !== "error";
}

/**
 * What a chat is at: in the app's own `line`, in the engine's `queue`, at its `prompt`, at `decode`, at a `tool`; `before` is the rest, the app's own
 * work before, between and after these.
 */
export const chatPhases = ["line", "before", "queue", "prompt", "decode", "tool"] as const;
export type ChatPhase = (typeof chatPhases)[number];

/** What a model was asked to do, in the words of OpenTelemetry's `gen_ai.operation.name`. */
export const operations = ["chat", "text_completion", "embeddings", "rerank"] as const;
export type Operation = (typeof operations)[number];

/** Engines that have rows of their own, by the word that the names of these rows begin with: what others run is not in them. */
const enginesByPrefix: ReadonlyMap<string, string> = new Map([["genai_app_llamacpp_", "llama.cpp"]]);

/** The engines that the catalogue has rows for. */
export function enginesWithRows(): Iterable<string> {
  return enginesByPrefix.values();
}

/** Whether the catalogue has rows for this engine alone. */
export function hasRows(engine: string): boolean {
  for (const known of enginesByPrefix.values()) if (known === engine) return true;
  return false;
}

/** The engine that a row is for alone; `undefined` for a row of any engine's. */
export function engineOfRow({ name }: { readonly name: string }): string | undefined {
  for (const [prefix, engine] of enginesByPrefix) if (name.startsWith(prefix)) return engine;
  return undefined;
}

/** Whether it makes a text: the others have no output tokens. */
export function generates(operation: Operation): operation is "chat" | "text_completion" {
  return operation === "chat" || operation === "text_completion";
}

/** What `model_latency_seconds` calls them: generation is `inference`, as it was in the original. */
export const latencyOperations = ["inference", "embeddings", "rerank"] as const;
export type LatencyOperation = (typeof latencyOperations)[number];

export const tokenDirections = ["input", "output"] as const;

/** What became of the wait for an answer's first token: it came, or the caller gave up or the inference failed before. */
export const firstTokenOutcomes = ["got", "aborted", "failed"] as const;
export type FirstTokenOutcome = (typeof firstTokenOutcomes)[number];

/** The counts of tokens that an engine may correct at the end. */
export const correctedCounts = ["input", "output", "cached", "reasoning"] as const;

/** Whether an inference held every objective that was configured. */
export const sloOutcomes = ["good", "bad"] as const;
export type SloOutcome = (typeof sloOutcomes)[number];

/** What an inference can be asked to hold. */
export const objectives = ["request_first_token", "ttft", "tpot", "latency"] as const;
export type ObjectiveName = (typeof objectives)[number];

/** How a tool call ended: returned, threw, or was called off with its inference. */
export const toolOutcomes = ["ok", "error", "aborted"] as const;
export type ToolOutcome = (typeof toolOutcomes)[number];

/** What became of a request to the app: answered well, answered with a caller's mistake, left by its caller, or failed. */
export const requestOutcomes = ["ok", "client_error", "left", "failed"] as const;
export type RequestOutcome = (typeof requestOutcomes)[number];

/** How an entry into a queue of the app's own ended: it got its turn, was turned away, gave up, or the queue failed. */
export const admissionOutcomes = ["admitted", "refused", "left", "failed"] as const;
export type AdmissionOutcome = (typeof admissionOutcomes)[number];

/** What became of a drafted token: taken into the answer, right but not needed any more, or wrong. */
export const speculationOutcomes = ["used", "unused", "refuted"] as const;
export type SpeculationOutcome = (typeof speculationOutcomes)[number];

/** Whether a context's sequence is in use. */
export const sequenceStates = ["active", "free"] as const;
export type SequenceState = (typeof sequenceStates)[number];

/** What a GPU tells of its memory: how much there is, and how much of it is taken, by whomever. */
export const vramStates = ["used", "total"] as const;

/** Where a model of a watched server stands. `failed`: it could not be loaded, or its process died. */
export const servedModelStates = ["loaded", "loading", "sleeping", "unloaded", "failed"] as const;
export type ServedModelState = (typeof servedModelStates)[number];

/** Whether a watched server's slot processes a request. */
export const slotStates = ["active", "free"] as const;

/** Where a watched server holds a model. */
export const memoryPlaces = ["gpu", "main"] as const;

/** Where an error happened. */
export const errorOperations = ["http", "inference", "tool", "client"] as const;
export type ErrorOperation = (typeof errorOperations)[number];

/** The error types that are ours, by where they happen; others come from outside and are capped. */
export const errorTypes = {
  http: ["internal", "bad_gateway", "unavailable", "timeout", "stream_failed", "server_error"],
  inference: [
    "context_overflow",
    "disposed",
    "out_of_memory",
    "invalid_argument",
    "timeout",
    "tool_failed",
    "engine_error",
  ],
  tool: ["tool_failed"],
  client: ["network", "timeout", "rate_limited", "server_error", "render", "unknown"],
} as const satisfies Record<ErrorOperation, readonly string[]>;

/** Which of our own parts had a fault. */
export const telemetrySources = ["observer", "registry", "tracer", "adapter", "log", "route"] as const;
export type TelemetrySource = (typeof telemetrySources)[number];

/** Whether a worker of the cluster answered a scrape in time. */
export const workerStates = ["answered", "silent"] as const;

/** How an answer ended in a page: whole, with an error, broken off by its reader, or left by its reader before its first text. */
export const clientOutcomes = ["answered", "failed", "aborted", "left"] as const;
export type ClientOutcome = (typeof clientOutcomes)[number];

/** What became of a page's span: handed on, of no trace that this process knows, or nobody here takes spans. */
export const clientSpanOutcomes = ["taken", "unknown_trace", "no_exporter"] as const;
export type ClientSpanOutcome = (typeof clientSpanOutcomes)[number];

/** The web vitals that are times. */
export const webVitals = ["TTFB", "FCP", "LCP", "INP"] as const;
