/**
 * What `instrumentModel` accepts, of any release that the peer range allows. Structural, so that no type of the engine, which is ESM only,
 * is imported; all members are required, so that a promise of an object (a forgotten `await`) does not fit.
 */

/** What is recognised of a `Llama`. */
export interface LlamaLike {
  readonly loadModel: (...args: never[]) => Promise<unknown>;
  readonly createGrammar: (...args: never[]) => Promise<unknown>;
}

/** What is recognised of a `LlamaModel`. */
export interface ModelLike {
  readonly createContext: (...args: never[]) => Promise<unknown>;
  readonly tokenize: (...args: never[]) => unknown;
}

/** What is recognised of a `LlamaContext`. */
export interface ContextLike {
  readonly getSequence: (...args: never[]) => unknown;
  readonly contextSize: number;
}

/** What is needed of a `LlamaContextSequence`. */
export interface SequenceLike {
  readonly nextTokenIndex: number;
  readonly context: object;
  readonly model: object;
  readonly evaluate: (...args: never[]) => AsyncIterable<unknown>;
}

/** What is recognised of a `LlamaChatSession`. */
export interface ChatSessionLike {
  readonly sequence: SequenceLike;
  readonly promptWithMeta: (...args: never[]) => Promise<unknown>;
  readonly completePromptWithMeta: (...args: never[]) => Promise<unknown>;
}

/** What is recognised of a `LlamaChat`. */
export interface ChatLike {
  readonly sequence: SequenceLike;
  readonly generateResponse: (...args: never[]) => Promise<unknown>;
  readonly loadChatAndCompleteUserMessage: (...args: never[]) => Promise<unknown>;
}

/** What is recognised of a `LlamaCompletion`. */
export interface CompletionLike {
  readonly generateCompletionWithMeta: (...args: never[]) => Promise<unknown>;
  readonly generateInfillCompletionWithMeta: (...args: never[]) => Promise<unknown>;
}

/** What is recognised of a `LlamaEmbeddingContext`. */
export interface EmbeddingContextLike {
  readonly model: object;
  readonly getEmbeddingFor: (...args: never[]) => Promise<unknown>;
}

/** What is recognised of a `LlamaRankingContext`. */
export interface RankingContextLike {
  readonly model: object;
  readonly rank: (...args: never[]) => Promise<unknown>;
  readonly rankAll: (...args: never[]) => Promise<unknown>;
}

/** What is recognised of a `LlamaDecisionContext`, from node-llama-cpp 3.22 on. */
export interface DecisionContextLike {
  readonly model: object;
  readonly decide: (...args: never[]) => Promise<unknown>;
  readonly decideWithMeta: (...args: never[]) => Promise<unknown>;
}

export type Instrumentable =
  | LlamaLike
  | ModelLike
  | ContextLike
  | SequenceLike
  | ChatSessionLike
  | ChatLike
  | CompletionLike
  | EmbeddingContextLike
  | RankingContextLike
  | DecisionContextLike;
