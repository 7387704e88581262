import type { Operation as OperationName } from "@aiwatch/core";
import type { CallerKind } from "./objects.ts";

/** A method that makes a model work. */
export interface CallSpec {
  readonly operation: OperationName;
  /** Which argument holds the options. */
  readonly options?: number;
  /**
   * Who goes through whom: a session's call runs a chat's, a chat's runs a sequence's evaluation. A call inside one of a higher level, on the
   * same sequence, is a part of it and no inference of its own.
   */
  readonly level: number;
  /** Whether each of its evaluations is an input of its own, such as a text to embed or a question to decide. */
  readonly startsOver?: boolean;
  /** Whether it takes whichever of its context's sequences is free. */
  readonly wholeContext?: boolean;
  /** Whether the functions in its options are run by the call itself. */
  readonly runsFunctions?: boolean;
}

const sessionLevel = 2;
const chatLevel = 1;
/** A sequence's own methods. */
export const bareLevel = 0;

/** The methods that all the others of their class go through. One that a release does not have is left out. */
export const calls: Readonly<Record<CallerKind, Readonly<Record<string, CallSpec>>>> = {
  session: {
    promptWithMeta: { operation: "chat", options: 1, level: sessionLevel, runsFunctions: true },
    completePromptWithMeta: { operation: "text_completion", options: 1, level: sessionLevel },
    decideWithMeta: { operation: "chat", options: 1, level: sessionLevel, startsOver: true },
  },
  chat: {
    generateResponse: { operation: "chat", options: 1, level: chatLevel },
    loadChatAndCompleteUserMessage: { operation: "text_completion", options: 1, level: chatLevel },
    generateDecisions: { operation: "chat", options: 2, level: chatLevel, startsOver: true },
  },
  completion: {
    generateCompletionWithMeta: { operation: "text_completion", options: 1, level: chatLevel },
    generateInfillCompletionWithMeta: { operation: "text_completion", options: 2, level: chatLevel },
  },
  embedding: { getEmbeddingFor: { operation: "embeddings", level: chatLevel, startsOver: true } },
  ranking: {
    rank: { operation: "rerank", level: chatLevel, startsOver: true },
    rankAll: { operation: "rerank", level: chatLevel, startsOver: true },
  },
  decision: {
    decideWithMeta: { operation: "chat", options: 2, level: chatLevel, startsOver: true, wholeContext: true },
  },
};
