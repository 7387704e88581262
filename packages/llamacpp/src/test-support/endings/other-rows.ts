import { expect } from "vitest";
import {
  aborted,
  type Ending,
  failed,
  full,
  prompt,
  promptCounts,
  reason,
  sampling,
  stopped,
  type Truth,
} from "./ending.ts";
import { callWays, type Way } from "./stage.ts";

const documents = [
  "The weather in Paris is nice",
  "The model keeps every token in memory",
  "A computer with much memory, in a small house near the old school",
];
/** Each of several documents is a prompt of its own. */
const summed = ({ ledger }: Truth) => ({ promptTokens: promptCounts(ledger.evaluations).promptEvalTokens });
const query = "Where does the model keep tokens in memory?";

/** Their sequence is inside of them. */
const contextWays: readonly Way[] = ["caller", "model", "llama", "all"];

const chats: readonly Ending[] = [
  {
    name: "a chat's response, aborted in the answer",
    play: async (stage) => {
      const controller = new AbortController();
      const onToken = stage.onToken(5, () => controller.abort(reason));
      const chat = await stage.chat();
      const history = [...chat.chatWrapper.generateInitialChatHistory(), { type: "user", text: prompt } as const];
      return chat.generateResponse(history, { ...sampling, signal: controller.signal, onToken });
    },
    records: [{ finishReason: aborted, counts: () => ({ outputTokens: 6, undeliveredTokens: 1 }) }],
  },
  {
    name: "a chat's response, completed",
    play: async (stage) => {
      const chat = await stage.chat();
      const history = [...chat.chatWrapper.generateInitialChatHistory(), { type: "user", text: prompt } as const];
      return chat.generateResponse(history, { ...sampling, onToken: stage.onToken() });
    },
    records: [{ finishReason: stopped }],
  },
  {
    name: "a user's message that a chat completes",
    play: async (stage) => {
      const chat = await stage.chat();
      const history = chat.chatWrapper.generateInitialChatHistory();
      const options = { ...sampling, initialUserPrompt: "Tell me about the", maxTokens: 4, onToken: stage.onToken() };
      return chat.loadChatAndCompleteUserMessage(history, options);
    },
    records: [{ operation: "text_completion", finishReason: full, counts: () => ({ outputTokens: 4 }) }],
  },
];

const completions: readonly Ending[] = [
  {
    name: "a completion up to its maximum",
    play: async (stage) =>
      (await stage.completion()).generateCompletionWithMeta(prompt, {
        ...sampling,
        maxTokens: 5,
        onToken: stage.onToken(),
      }),
    records: [{ operation: "text_completion", finishReason: full, counts: () => ({ outputTokens: 5 }) }],
  },
  {
    name: "a completion to its end",
    play: async (stage) =>
      (await stage.completion()).generateCompletionWithMeta(prompt, { ...sampling, onToken: stage.onToken() }),
    records: [{ operation: "text_completion", finishReason: stopped }],
  },
  {
    name: "a completion that is aborted",
    play: async (stage) => {
      const controller = new AbortController();
      const onToken = stage.onToken(4, () => controller.abort(reason));
      const completion = await stage.completion();
      return completion.generateCompletionWithMeta(prompt, { ...sampling, signal: controller.signal, onToken });
    },
    records: [
      {
        operation: "text_completion",
        finishReason: aborted,
        counts: () => ({ outputTokens: 5, undeliveredTokens: 1 }),
      },
    ],
  },
  {
    name: "an infill, which the model does not know",
    play: async (stage) => (await stage.completion()).generateInfillCompletionWithMeta("The local", "reads"),
    records: [{ operation: "text_completion", finishReason: failed, failure: "UnsupportedError" }],
  },
  {
    name: "preloadPrompt",
    play: async (stage) => (await stage.session()).preloadPrompt(prompt),
    records: [{ operation: "text_completion", finishReason: full, counts: () => ({ outputTokens: 0 }) }],
  },
  {
    name: "completePrompt",
    play: async (stage) =>
      (await stage.session()).completePrompt("Tell me about the", {
        ...sampling,
        maxTokens: 4,
        onToken: stage.onToken(),
      }),
    records: [{ operation: "text_completion", finishReason: full, counts: () => ({ outputTokens: 4 }) }],
  },
  {
    name: "completePrompt, aborted",
    play: async (stage) => {
      const controller = new AbortController();
      const onToken = stage.onToken(3, () => controller.abort(reason));
      const session = await stage.session();
      return session.completePromptWithMeta("Tell me about the", { ...sampling, signal: controller.signal, onToken });
    },
    records: [{ operation: "text_completion", finishReason: aborted }],
  },
];

const shared: readonly Ending[] = [
  {
    name: "two sessions that share a context",
    play: async (stage) => {
      const context = await stage.context({ sequences: 2 });
      const first = await stage.session(stage.sequenceOf(context));
      const second = await stage.session(stage.sequenceOf(context));
      return Promise.all([
        first.promptWithMeta(`${prompt} `.repeat(5), { ...sampling, maxTokens: 4 }),
        second.promptWithMeta(prompt, { ...sampling, maxTokens: 12 }),
      ]);
    },
    records: [
      { finishReason: full, counts: () => ({ outputTokens: 4 }) },
      { finishReason: full, counts: () => ({ outputTokens: 12 }) },
    ],
  },
  {
    name: "a chat and a bare evaluation on one context",
    ways: callWays.filter((way) => way !== "caller"),
    play: async (stage) => {
      const context = await stage.context({ sequences: 2 });
      const session = await stage.session(stage.sequenceOf(context));
      const sequence = stage.sequenceOf(context);
      const evaluate = async () => {
        let count = 0;
        for await (const _token of sequence.evaluate(sequence.model.tokenize(prompt), sampling)) {
          count += 1;
          if (count === 12) return count;
        }
        return count;
      };
      return Promise.all([session.promptWithMeta(prompt, { ...sampling, maxTokens: 4 }), evaluate()]);
    },
    records: [
      { finishReason: full, counts: () => ({ outputTokens: 4 }) },
      {
        operation: "text_completion",
        finishReason: { unified: "aborted", raw: "return" },
        counts: () => ({ outputTokens: 12, cachedPromptTokens: undefined }),
      },
    ],
  },
];

const vectors: readonly Ending[] = [
  {
    name: "an embedding",
    variant: "embedding",
    ways: contextWays,
    play: async (stage) => (await stage.embedding()).getEmbeddingFor("The cat sleeps in the house."),
    records: [{ operation: "embeddings", finishReason: { unified: "stop" }, counts: () => ({ dimensions: 256 }) }],
  },
  {
    name: "an embedding of too much",
    variant: "embedding",
    ways: contextWays,
    play: async (stage) => (await stage.embedding()).getEmbeddingFor("house ".repeat(600)),
    records: [{ operation: "embeddings", finishReason: failed, failure: "context_overflow" }],
  },
  {
    name: "an embedding of nothing",
    variant: "embedding",
    ways: contextWays,
    play: async (stage) => (await stage.embedding()).getEmbeddingFor(""),
    records: [{ operation: "embeddings", finishReason: { unified: "stop" } }],
  },
  {
    name: "a rank",
    variant: "ranking",
    ways: contextWays,
    play: async (stage) => (await stage.ranking()).rank(query, documents[0]!),
    records: [{ operation: "rerank", finishReason: { unified: "stop" } }],
  },
  {
    name: "a rank of too much",
    variant: "ranking",
    ways: contextWays,
    play: async (stage) => (await stage.ranking()).rank(query, "house ".repeat(600)),
    records: [{ operation: "rerank", finishReason: failed, failure: "context_overflow" }],
  },
  {
    name: "ranks of all",
    variant: "ranking",
    ways: contextWays,
    play: async (stage) => (await stage.ranking()).rankAll(query, documents),
    records: [{ operation: "rerank", finishReason: { unified: "stop" }, counts: summed }],
  },
  {
    name: "ranks of all, sorted",
    variant: "ranking",
    ways: contextWays,
    play: async (stage) => (await stage.ranking()).rankAndSort(query, documents),
    records: [{ operation: "rerank", finishReason: { unified: "stop" }, counts: summed }],
    check: ({ outcome }) => expect(outcome.value).toMatchObject([{ document: documents[1] }, {}, {}]),
  },
];

/** Chats without a session, completions, several at once, embeddings and ranks. */
export const otherRows: readonly Ending[] = [...chats, ...completions, ...shared, ...vectors];
