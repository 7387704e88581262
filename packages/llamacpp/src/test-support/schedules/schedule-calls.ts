import { defineChatSessionFunction, LlamaCompletion, type LlamaContextSequence } from "node-llama-cpp";
import { newChat, newSession } from "../sessions.ts";

/** What a call is given: its signal, and whom it tells of each token. */
export interface CallOptions {
  readonly signal: AbortSignal;
  readonly onToken: () => void;
}

/** Starts a call on a sequence; whoever else runs there is crossed. */
export type StartCall = (sequence: LlamaContextSequence, options: CallOptions) => Promise<unknown>;

const maxTokens = 30;
const history = [
  { type: "user" as const, text: "Tell me" },
  { type: "model" as const, response: [] },
];
const functions = { now: defineChatSessionFunction({ description: "The time", handler: () => "noon" }) };

async function consume(sequence: LlamaContextSequence, { signal, onToken }: CallOptions, leaveAfter: number) {
  let left = leaveAfter;
  for await (const _token of sequence.evaluate(sequence.model.tokenize("the local model"))) {
    onToken();
    left -= 1;
    if (left === 0 || signal.aborted) break;
  }
}

const tokensOf = (sequence: LlamaContextSequence) => sequence.model.tokenize("the local model reads");

export const scheduleCalls: Readonly<Record<string, StartCall>> = {
  prompt: (sequence, options) => newSession(sequence).prompt("Tell me", { maxTokens, ...options }),
  "prompt that stops on abort": (sequence, options) =>
    newSession(sequence).prompt("Tell me", { maxTokens, stopOnAbortSignal: true, ...options }),
  "prompt with functions": (sequence, options) =>
    newSession(sequence).prompt("Tell me", { maxTokens, functions, ...options }),
  "two prompts on a session": (sequence, options) => {
    const session = newSession(sequence, { autoDisposeSequence: true });
    return Promise.all([
      session.prompt("Tell me", { maxTokens, ...options }),
      session.prompt("Tell me", { maxTokens, signal: options.signal }),
    ]);
  },
  preload: (sequence, { signal }) => newSession(sequence).preloadPrompt("Tell me about", { signal }),
  answer: (sequence, options) => newChat(sequence).generateResponse(history, { maxTokens, ...options }),
  completion: (sequence, options) =>
    new LlamaCompletion({ contextSequence: sequence }).generateCompletion("the local model", { maxTokens, ...options }),
  evaluate: (sequence, options) => consume(sequence, options, maxTokens),
  "evaluate that is left": (sequence, options) => consume(sequence, options, 3),
  "evaluate that nobody resumes": (sequence) => sequence.evaluate(tokensOf(sequence)).next(),
  "evaluate without generating": (sequence) => sequence.evaluateWithoutGeneratingNewTokens(tokensOf(sequence)),
  "controlled evaluate": (sequence) =>
    sequence.controlledEvaluate(tokensOf(sequence).map((token) => [token, {}] as never)),
};
