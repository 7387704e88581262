import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import type { Llama, LlamaContext, LlamaContextSequence, LlamaModel } from "node-llama-cpp";
import { instrumentModel } from "../../instrument-model.ts";
import { hostOf } from "../host.ts";
import { Random } from "./random.ts";
import { type StartCall, scheduleCalls } from "./schedule-calls.ts";

/** What became of one schedule. */
export interface PlayedSchedule {
  readonly seed: number;
  /** What was done, in words. */
  readonly steps: readonly string[];
  readonly begun: number;
  readonly ended: number;
  readonly running: number;
  /** When the last inference ended, after the last dispose, in milliseconds. */
  readonly lastEndAfterMs: number;
  /** Calls whose promise the engine never settled. */
  readonly unsettled: number;
  readonly faults: readonly string[];
}

interface Started {
  readonly controller: AbortController;
  /** Resolves with its third token. */
  readonly speaking: Promise<void>;
}

/** The objects of one schedule. What is dropped is taken out of here. */
interface Stage {
  model?: LlamaModel | undefined;
  context?: LlamaContext | undefined;
  sequences: LlamaContextSequence[];
  calls: Started[];
}

type Step = (stage: Stage, random: Random) => unknown;

/** Not awaited: the calls go on meanwhile, and a dispose may wait for them. */
const steps: Readonly<Record<string, Step>> = {
  abort: ({ calls }, random) => calls.length > 0 && random.pick(calls).controller.abort(),
  "dispose a sequence": ({ sequences }, random) => sequences.length > 0 && random.pick(sequences).dispose(),
  "dispose the context": ({ context }) => context?.dispose(),
  "dispose the model": ({ model }) => model?.dispose(),
  drop(stage) {
    stage.context = undefined;
    stage.sequences = [];
    stage.calls = [];
    globalThis.gc?.();
  },
};

const waits: Readonly<Record<string, (stage: Stage, random: Random) => Promise<unknown>>> = {
  "at once": async () => {},
  "a turn later": () => turn(),
  "some turns later": async (_, random) => {
    for (let left = random.below(10); left > 0; left--) await turn();
  },
  "milliseconds later": (_, random) => sleep(random.below(12)),
  "with a token": async ({ calls }) => {
    const [first] = calls;
    if (first !== undefined) await Promise.race([first.speaking, sleep(40)]);
  },
};

/** Plays what a seed says on a model of its own, and disposes of all of it. @returns what became of it, to be asked later */
export async function playSchedule(llama: Llama, modelPath: string, seed: number) {
  const random = new Random(seed);
  const said: string[] = [];
  const seen = countingAiwatch();
  const open = new Set<number>();
  const stage = await setUp(llama, modelPath, random, (target) => instrumentModel(target, { aiwatch: seen.aiwatch }));
  const { model } = stage;

  for (let call = 0, calls = 1 + random.below(5); call < calls; call++) {
    const name = random.pick(Object.keys(scheduleCalls));
    // two of three on the first sequence: calls are to cross
    const index = random.below(3) === 2 ? 1 : 0;
    said.push(`${name} on ${index}`);
    open.add(call);
    const started = start(scheduleCalls[name] as StartCall, stage.sequences[index] as LlamaContextSequence);
    stage.calls.push(started);
    void started.settled.then(() => open.delete(call));
    if (random.below(3) === 0) await turn();
  }
  for (let step = 0, count = 1 + random.below(3); step < count; step++) {
    const [wait, name] = [random.pick(Object.keys(waits)), random.pick(Object.keys(steps))];
    said.push(`${wait} ${name}`);
    await waits[wait]?.(stage, random);
    void Promise.resolve(steps[name]?.(stage, random)).catch(() => {});
  }
  await settle(stage, open, random);
  const disposedAt = performance.now();
  await Promise.race([model?.dispose(), sleep(300)]);

  return (): PlayedSchedule => {
    const { activeInferences = 0, queuedInferences = 0 } = hostOf(seen.aiwatch).models.read().get("tiny-endless") ?? {};
    return {
      seed,
      steps: said,
      begun: seen.begun(),
      ended: seen.inferences.length,
      running: activeInferences + queuedInferences,
      lastEndAfterMs: Math.round(seen.lastEndAt() - disposedAt),
      unsettled: open.size,
      faults: seen.diagnostics.map(({ what }) => what),
    };
  };
}

/** An instance that knows how many inferences it began, and when the last one ended. */
function countingAiwatch() {
  let begun = 0;
  let endedAt = 0;
  const inferenceEnded = () => {
    endedAt = performance.now();
  };
  const seen = createTestAiwatch({ observers: [{ name: "clock", inferenceEnded }] });
  const host = hostOf(seen.aiwatch);
  const { began } = host;
  host.began = (...args) => {
    begun += 1;
    began.apply(host, args);
  };
  return { ...seen, begun: () => begun, lastEndAt: () => endedAt };
}

async function setUp(
  llama: Llama,
  modelPath: string,
  random: Random,
  observe: (target: Parameters<typeof instrumentModel>[0]) => unknown,
): Promise<Stage> {
  const model = await llama.loadModel({ modelPath });
  const how = random.below(3);
  if (how === 0) observe(model);
  const context = await model.createContext({ contextSize: 256, threads: 1, sequences: 2 });
  if (how === 1) observe(context);
  const sequences = [context.getSequence(), context.getSequence()];
  if (how === 2) for (const sequence of sequences) observe(sequence);
  return { model, context, sequences, calls: [] };
}

function start(call: StartCall, sequence: LlamaContextSequence): Started & { readonly settled: Promise<unknown> } {
  const controller = new AbortController();
  let tokens = 0;
  let speak = () => {};
  const speaking = new Promise<void>((resolve) => {
    speak = resolve;
  });
  const onToken = () => {
    tokens += 1;
    if (tokens === 3) speak();
  };
  const begun = Promise.resolve().then(() => call(sequence, { signal: controller.signal, onToken }));
  const settled = begun.then(
    () => {},
    () => {},
  );
  return { controller, speaking, settled };
}

/** Most calls end by themselves soon; of what was dropped the garbage is collected. */
async function settle(stage: Stage, open: ReadonlySet<number>, random: Random): Promise<void> {
  const patience = random.below(2) === 0 ? 0 : 200;
  const until = performance.now() + patience;
  while (open.size > 0 && performance.now() < until) await sleep(5);
  stage.calls = [];
  for (let round = 0; round < 3; round++) {
    await turn();
    globalThis.gc?.();
  }
}
