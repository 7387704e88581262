import type { Instrumentable } from "@aiwatch/llamacpp";
import type { LlamaChat, LlamaChatSession } from "node-llama-cpp";
import { evaluated } from "../counts.ts";
import { type Counts, type Feature, prompt } from "../feature.ts";
import type { Played } from "../played.ts";

/** What a release from 3.22 on adds to the engine's objects. */
interface Decides {
  decideWithMeta(...args: readonly unknown[]): Promise<unknown>;
  generateDecisions(...args: readonly unknown[]): Promise<object>;
  createDecisionContext(options: object): Promise<Instrumentable & { dispose(): Promise<void> }>;
}

const questions = {
  small: { type: "noul", instruction: "Is it about a model?" },
  which: { type: "choice", instruction: "Which?", criteria: { small: "small model", large: "large model" } },
};
/** Each question is an input of its own. Nothing is yielded: the engine itself tells what it generated. */
function decided(bare: Played): Counts {
  const { tokenUsage } = bare.outcome.value as { tokenUsage: { output: number } };
  return { ...evaluated(bare), outputTokens: tokenUsage.output, undeliveredTokens: 0 };
}

const done = { unified: "stop" } as const;
const since = { version: "3.22.0", refusal: /is not a function$/ };

export const decisionFeatures: readonly Feature[] = [
  {
    name: "decision of a context",
    since,
    ways: ["llama", "model", "caller"],
    play: async (stage) => {
      const model = (await stage.model()) as unknown as Decides;
      const options = { contextSize: 512, threads: 1, parallelQuestions: 2 };
      const context = await stage.purpose(model.createDecisionContext(options));
      return (context as unknown as Decides).decideWithMeta("The small model runs.", questions);
    },
    records: [{ finishReason: done, counts: decided }],
  },
  {
    name: "decision of a session",
    since,
    ways: ["llama", "caller"],
    play: async (stage) => {
      const session: LlamaChatSession = await stage.session();
      return (session as unknown as Decides).decideWithMeta(questions, { document: "The small model runs." });
    },
    records: [{ finishReason: done, counts: decided }],
  },
  {
    name: "decisions of a chat",
    since,
    ways: ["llama", "caller"],
    play: async (stage) => {
      const chat: LlamaChat = await stage.chat();
      const result = await (chat as unknown as Decides).generateDecisions([{ type: "user", text: prompt }], questions);
      return { answers: Reflect.get(result, "answers"), tokenUsage: Reflect.get(result, "tokenUsage") };
    },
    records: [{ finishReason: done, counts: decided }],
  },
];
