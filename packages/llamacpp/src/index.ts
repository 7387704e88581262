export type {
  ChatLike,
  ChatSessionLike,
  CompletionLike,
  ContextLike,
  DecisionContextLike,
  EmbeddingContextLike,
  Instrumentable,
  LlamaLike,
  ModelLike,
  RankingContextLike,
  SequenceLike,
} from "./engine/types.ts";
export { type InstrumentOptions, instrumentModel, uninstrument } from "./instrument-model.ts";
export {
  type LlamaCppFigures,
  RecordLlamaCppMetrics,
  type RecordOptions,
  recordLlamaCppMetrics,
} from "./report/record-llamacpp-metrics.ts";
