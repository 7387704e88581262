import {
  LlamaChat,
  LlamaChatSession,
  LlamaCompletion,
  type LlamaContext,
  type LlamaContextSequence,
  type LlamaModel,
} from "node-llama-cpp";
import { llama } from "./engine.ts";
import { newChat, newSession } from "./sessions.ts";

/** What is made with `new` on a sequence, and the calls that it has. All calls of a user generate two tokens at the most. */
export interface SequenceUser {
  readonly name: string;
  make(contextSequence: LlamaContextSequence): object;
  readonly calls: Readonly<Record<string, (user: never) => Promise<unknown>>>;
}

const prompt = "Tell me about the local model";
const few = { maxTokens: 2 };
const chatHistory = [
  { type: "user" as const, text: prompt },
  { type: "model" as const, response: [] },
];

const sessions: SequenceUser = {
  name: "LlamaChatSession",
  make: (contextSequence) => newSession(contextSequence),
  calls: {
    prompt: (session: LlamaChatSession) => session.prompt(prompt, few),
    promptWithMeta: (session: LlamaChatSession) => session.promptWithMeta(prompt, few),
    completePrompt: (session: LlamaChatSession) => session.completePrompt("Tell me", few),
    completePromptWithMeta: (session: LlamaChatSession) => session.completePromptWithMeta("Tell me", few),
    preloadPrompt: (session: LlamaChatSession) => session.preloadPrompt("Tell me"),
  },
};

const chats: SequenceUser = {
  name: "LlamaChat",
  make: (contextSequence) => newChat(contextSequence),
  calls: {
    generateResponse: (chat: LlamaChat) => chat.generateResponse(chatHistory, few),
    loadChatAndCompleteUserMessage: (chat: LlamaChat) =>
      chat.loadChatAndCompleteUserMessage(chatHistory, { ...few, initialUserPrompt: "Tell me" }),
  },
};

const completions: SequenceUser = {
  name: "LlamaCompletion",
  make: (contextSequence) => new LlamaCompletion({ contextSequence }),
  calls: {
    generateCompletion: (completion: LlamaCompletion) => completion.generateCompletion(prompt, few),
    generateCompletionWithMeta: (completion: LlamaCompletion) => completion.generateCompletionWithMeta(prompt, few),
  },
};

export const sequenceUsers: readonly SequenceUser[] = [sessions, chats, completions];

/** What a sequence can evaluate by itself. */
export const evaluations: Readonly<Record<string, (sequence: LlamaContextSequence) => Promise<unknown>>> = {
  async evaluate(sequence) {
    for await (const _token of sequence.evaluate(sequence.model.tokenize(prompt))) break;
  },
  async evaluateWithMetadata(sequence) {
    for await (const _token of sequence.evaluateWithMetadata(sequence.model.tokenize(prompt), {})) break;
  },
  evaluateWithoutGeneratingNewTokens: (sequence) =>
    sequence.evaluateWithoutGeneratingNewTokens(sequence.model.tokenize(prompt)),
  controlledEvaluate: (sequence) =>
    sequence.controlledEvaluate(sequence.model.tokenize(prompt).map((token) => [token, {}] as const as never)),
};

/** Each thing of the engine that a chain from the `Llama` to a session may patch, with the classes. */
export async function patchable(model: LlamaModel, context: LlamaContext, sequence: LlamaContextSequence) {
  const engine = await llama();
  // the engine makes its list of classes when somebody first asks for it, and keeps it
  void engine.classes;
  return {
    llama: engine,
    model,
    context,
    native: Reflect.get(context, "_ctx") as object,
    sequence,
    meter: sequence.tokenMeter,
    ...Object.fromEntries(
      [LlamaChatSession, LlamaChat, LlamaCompletion].map((type) => [`${type.name}.prototype`, type.prototype]),
    ),
    ...Object.fromEntries(
      [engine, model, context, sequence].map((target) => {
        const type = target.constructor;
        return [`${type.name}.prototype`, type.prototype as object];
      }),
    ),
  } as Readonly<Record<string, object>>;
}

/** All own properties of objects as they are now, hidden ones included, and how many listen for their end. */
export function snapshot(targets: Readonly<Record<string, object>>) {
  return Object.entries(targets).map(([name, target]) => ({
    name,
    target,
    properties: Object.getOwnPropertyDescriptors(target) as Readonly<Record<PropertyKey, PropertyDescriptor>>,
    listeners: listenersOf(target),
  }));
}

/** The names of the properties that are no longer what they were, as `object.property`. */
export function changedSince(before: ReturnType<typeof snapshot>): string[] {
  return before.flatMap(({ name, target, properties, listeners }) => {
    const now = Object.getOwnPropertyDescriptors(target) as typeof properties;
    const names = new Set([...Reflect.ownKeys(properties), ...Reflect.ownKeys(now)]);
    const changed = [...names]
      .filter((key) => !isSame(properties[key], now[key]))
      .map((key) => `${name}.${String(key)}`);
    return listenersOf(target) === listeners ? changed : [...changed, `${name}: listeners`];
  });
}

const parts = ["value", "get", "set", "configurable", "enumerable", "writable"] as const;

function isSame(a: PropertyDescriptor | undefined, b: PropertyDescriptor | undefined): boolean {
  return parts.every((part) => Object.is(a?.[part], b?.[part])) && (a === undefined) === (b === undefined);
}

function listenersOf(target: object): unknown {
  const relay: unknown = Object.getOwnPropertyDescriptor(target, "onDispose")?.value;
  return typeof relay === "object" && relay !== null ? Reflect.get(relay, "listenerCount") : undefined;
}
