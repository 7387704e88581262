/**
 * Run as a process of its own: disposes what several calls run on, and writes for each case how many inferences began and ended, how many are
 * active and queued, and how many spans are open. A decode that dies of a dispose is an unhandled rejection in the engine, bare too.
 */
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import {
  getLlama,
  LlamaCompletion,
  type LlamaContext,
  type LlamaContextSequence,
  type LlamaModel,
} from "node-llama-cpp";
import { instrumentModel } from "../instrument-model.ts";
import { countSpans } from "./count-spans.ts";
import { hostOf } from "./host.ts";
import { newChat, newSession } from "./sessions.ts";

process.on("unhandledRejection", () => {});
const spans = countSpans();
const few = { maxTokens: 30 };
const history = [
  { type: "user" as const, text: "Tell me" },
  { type: "model" as const, response: [] },
];

async function consume(sequence: LlamaContextSequence): Promise<void> {
  let left = few.maxTokens;
  for await (const _token of sequence.evaluate(sequence.model.tokenize("the local model"))) if (--left === 0) break;
}

const complete = (sequence: LlamaContextSequence) =>
  new LlamaCompletion({ contextSequence: sequence }).generateCompletion("the local model", few);

const calls: Readonly<Record<string, (sequence: LlamaContextSequence) => readonly Promise<unknown>[]>> = {
  "two prompts on a session": (sequence) => {
    const session = newSession(sequence);
    return [session.prompt("Tell me", few), session.prompt("Tell me", few)];
  },
  "two prompts on a session that is disposed": (sequence) => {
    const session = newSession(sequence, { autoDisposeSequence: true });
    setImmediate(() => session.dispose());
    return [session.prompt("Tell me", few), session.prompt("Tell me", few)];
  },
  "a prompt and a preload": (sequence) => {
    const session = newSession(sequence);
    return [session.prompt("Tell me", few), session.preloadPrompt("Tell me")];
  },
  "two completions": (sequence) => [complete(sequence), complete(sequence)],
  "a completion, a prompt and an answer": (sequence) => [
    complete(sequence),
    newSession(sequence).prompt("Tell me", few),
    newChat(sequence).generateResponse(history, few),
  ],
  "evaluations of all kinds": (sequence) => [
    consume(sequence),
    consume(sequence),
    sequence.evaluateWithoutGeneratingNewTokens(sequence.model.tokenize("the local model")),
    sequence.controlledEvaluate(sequence.model.tokenize("the local model").map((token) => [token, {}] as never)),
  ],
};

interface Stage {
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  readonly sequence: LlamaContextSequence;
}

const disposals: Readonly<Record<string, (stage: Stage) => Promise<unknown>>> = {
  sequence: ({ sequence }) => sequence.dispose(),
  context: ({ context }) => context.dispose(),
  model: ({ model }) => model.dispose(),
  llama: ({ model }) => model.llama.dispose(),
};

const modelPath = await ensureTinyModel({ variant: "endless" });
const startLlama = () => getLlama({ gpu: false, build: "never", maxThreads: 1 });
const sharedLlama = await startLlama();
const sharedModel = await sharedLlama.loadModel({ modelPath });

/** What is disposed in a case is its own; it takes half a second to start a `Llama`. */
async function modelFor(name: string): Promise<LlamaModel> {
  if (name === "sequence" || name === "context") return sharedModel;
  const llama = name === "llama" ? await startLlama() : sharedLlama;
  return llama.loadModel({ modelPath });
}

async function play(name: string, kind: string, wait: () => Promise<unknown>) {
  const model = await modelFor(name);
  const context = await model.createContext({ contextSize: 512, threads: 1 });
  const { aiwatch, inferences } = createTestAiwatch();
  instrumentModel(context, { aiwatch });
  const sequence = context.getSequence();
  const begun = calls[kind]?.(sequence) ?? [];
  void Promise.allSettled(begun);
  await wait();
  void disposals[name]?.({ model, context, sequence }).catch(() => {});
  return () => {
    const { activeInferences, queuedInferences } = hostOf(aiwatch).models.read().get("tiny-endless") ?? {};
    return {
      name: `${kind}: ${name}`,
      begun: begun.length,
      ended: inferences.length,
      running: [activeInferences, queuedInferences],
    };
  };
}

const plays: Awaited<ReturnType<typeof play>>[] = [];
for (const kind of Object.keys(calls)) {
  for (const name of ["sequence", "context", "model"]) plays.push(await play(name, kind, turn));
}
// the engine leaves these open in most runs
for (const name of Object.keys(disposals)) plays.push(await play(name, "two completions", () => sleep(1)));
const isDone = () => plays.every((read) => read().begun === read().ended);
for (let left = 50; left > 0 && !isDone(); left--) await sleep(100);
const openSpans = spans.open();
process.stdout.write(JSON.stringify(plays.map((read) => ({ ...read(), openSpans }))), () => process.exit());
