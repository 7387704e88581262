import type { ChatHistoryItem } from "node-llama-cpp";
import { evaluated, generated, ofBareSequence } from "../counts.ts";
import { type Feature, failed, full, prompt, sampling, stopped } from "../feature.ts";

const history = (): ChatHistoryItem[] => [
  { type: "user", text: prompt },
  { type: "model", response: [] },
];

const done = { unified: "stop" } as const;
const brokenOff = { unified: "aborted", raw: "return" } as const;

/** Chats, completions, and a sequence's own evaluations. */
export const chatFeatures: readonly Feature[] = [
  {
    name: "LlamaChat, response",
    ways: ["llama", "caller"],
    play: async (stage) => {
      const chat = await stage.chat();
      const { response, metadata } = await chat.generateResponse(history(), sampling);
      return { response, metadata };
    },
    records: [{ finishReason: stopped, counts: (bare) => generated(bare) }],
  },
  {
    name: "LlamaChat, user message completed",
    play: async (stage) => {
      const chat = await stage.chat();
      const options = { initialUserPrompt: "Tell me about", maxTokens: 4 };
      const { completion } = await chat.loadChatAndCompleteUserMessage([], options);
      return completion;
    },
    records: [{ operation: "text_completion", finishReason: full, counts: (bare) => generated(bare) }],
  },
  {
    name: "LlamaCompletion",
    ways: ["llama", "caller"],
    play: async (stage) => (await stage.completion()).generateCompletionWithMeta(prompt, { ...sampling, maxTokens: 6 }),
    records: [{ operation: "text_completion", finishReason: full, counts: (bare) => generated(bare) }],
  },
  {
    name: "LlamaCompletion, infill that the model cannot",
    play: async (stage) => (await stage.completion()).generateInfillCompletionWithMeta("The local", "quickly."),
    records: [
      {
        operation: "text_completion",
        finishReason: failed,
        failure: "UnsupportedError",
        counts: () => ({ undeliveredTokens: 0 }),
      },
    ],
  },
  {
    name: "sequence, evaluate broken off",
    ways: ["llama", "sequence"],
    play: async (stage) => {
      const sequence = await stage.sequence();
      for await (const token of sequence.evaluate((await stage.model()).tokenize(prompt))) {
        if (stage.delivered.push(token) === 5) break;
      }
    },
    records: [
      {
        operation: "text_completion",
        finishReason: brokenOff,
        counts: (bare) => ofBareSequence(generated(bare)),
      },
    ],
  },
  {
    name: "sequence, evaluated without generating",
    play: async (stage) => {
      const sequence = await stage.sequence();
      await sequence.evaluateWithoutGeneratingNewTokens((await stage.model()).tokenize(prompt));
    },
    records: [
      {
        operation: "text_completion",
        finishReason: done,
        counts: (bare) => ({ ...ofBareSequence(evaluated(bare)), outputTokens: 0 }),
      },
    ],
  },
  {
    name: "sequence, controlled evaluation",
    play: async (stage) => {
      const sequence = await stage.sequence();
      const tokens = (await stage.model()).tokenize(prompt);
      return sequence.controlledEvaluate(tokens.map((token) => [token, { generateNext: { token: true } }]));
    },
    records: [
      {
        operation: "text_completion",
        finishReason: done,
        counts: (bare) => ofBareSequence(generated(bare)),
      },
    ],
  },
];
