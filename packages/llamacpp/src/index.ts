export { type InstrumentOptions, instrumentModel, uninstrument } from "./instrument-model.ts";
export {
  type LlamaCppFigures,
  RecordLlamaCppMetrics,
  type RecordOptions,
  recordLlamaCppMetrics,
} from "./report/record-llamacpp-metrics.ts";
export type { ChatSessionLike, SequenceLike } from "./session/chat-session.ts";
