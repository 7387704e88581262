import { setTimeout as sleep } from "node:timers/promises";
import type { InferenceRecord } from "@aiwatch/core";
import { createTestAiwatch } from "@aiwatch/core/testing";
import type { LlamaChatSession, LlamaContextOptions } from "node-llama-cpp";
import { beforeAll, describe, expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { median } from "../test-support/clock-truth.ts";
import { tinyContext } from "../test-support/engine.ts";
import { firstPartWith, watchNatively } from "../test-support/native-batches.ts";
import { newSession } from "../test-support/sessions.ts";

const busyPrompt = "Tell me about the local model";
const waitingPrompt = "Why does the engine forget";
const model = "tiny-endless";

/**
 * Between our clock reading and the test's there is nothing but a few calls. A run may be interrupted right there, which is why the one that was
 * disturbed least is asked: what we read wrongly we would read wrongly in each of them.
 */
const toleranceMs = 1;
/** Timers may fire a millisecond early, and a call may come one after the timer began. */
const timerMs = 2;
/** Where somebody is ahead, the tests make it wait as long as this. */
const shortestWaitMs = 40;

async function observedContext(options: LlamaContextOptions = {}) {
  const context = await tinyContext({ contextSize: 1024, sequences: 2, ...options }, "endless");
  const native = watchNatively(context);
  const seen = createTestAiwatch();
  instrumentModel(context, { aiwatch: seen.aiwatch });
  const open = () => newSession(context.getSequence());
  return { ...seen, context, native, open };
}

type Observed = Awaited<ReturnType<typeof observedContext>>;

interface Waited {
  readonly record: InferenceRecord;
  /** When it was called. */
  readonly called: number;
  /** From the call to the first batch that holds the prompt's own words, by the test's clock. */
  readonly ownMs: number;
}

/** Prompts a session, and says how long it waited by both clocks. */
async function prompt({ context, native, inferences }: Observed, session: LlamaChatSession): Promise<Waited> {
  const called = performance.now();
  await session.prompt(waitingPrompt, { maxTokens: 3 });
  const { at } = firstPartWith(native, context.model.tokenize(waitingPrompt));
  const record = inferences.findLast(({ parameters }) => parameters.maxTokens === 3)!;
  return { record, called, ownMs: at - called };
}

/** A file's first call runs code that was never run before, ours and the engine's: that takes a millisecond or two, which is no call's alone. */
beforeAll(async () => {
  const observed = await observedContext();
  await prompt(observed, observed.open());
  await observed.context.dispose();
});

/** One scenario several times, each on a context of its own. */
async function several(play: (observed: Observed) => Promise<Waited>, options?: LlamaContextOptions) {
  const runs: Waited[] = [];
  for (let run = 0; run < 5; run++) {
    const observed = await observedContext(options);
    runs.push(await play(observed));
    await observed.context.dispose();
  }
  return runs;
}

function expectOwnClock(runs: readonly Waited[]): void {
  const off = runs.map(({ record, ownMs }) => Math.abs(record.queueMs! - ownMs));
  expect(Math.min(...off)).toBeLessThanOrEqual(toleranceMs);
  for (const { record } of runs) expect(record.firstTokenMs!).toBeCloseTo(record.queueMs! + record.promptEvalMs!, 9);
}

const queueOf = (runs: readonly Waited[]) => median(runs.map(({ record }) => record.queueMs!));

const gauges = async ({ sample }: Observed) => ({
  active: await sample("genai_app_active_inferences", { model }),
  queued: await sample("genai_app_queued_inferences", { model }),
});

describe("the queue time is that of the test's own clock", () => {
  test("alone: nothing but the making of the prompt", async () => {
    const runs = await several((observed) => prompt(observed, observed.open()));
    expectOwnClock(runs);
    // the prompt is formatted and tokenized, and the engine dispatches in the loop's next turn
    expect(queueOf(runs)).toBeLessThan(shortestWaitMs);
  });

  test("behind an answer on the same session", async () => {
    const runs = await several(async (observed) => {
      const { native } = observed;
      const session = observed.open();
      let counted: ReturnType<typeof gauges> | undefined;
      const onToken = () => {
        counted ??= gauges(observed);
      };
      const busy = session.prompt(busyPrompt, { maxTokens: 60, onToken });
      const waited = await prompt(observed, session);
      await busy;
      expect(await counted).toEqual({ active: 1, queued: 1 });
      expect(await gauges(observed)).toEqual({ active: 0, queued: 0 });
      // it waited for the whole answer before it
      expect(waited.called + waited.ownMs).toBeGreaterThan(native.sampledAt[59]!);
      return waited;
    });
    expectOwnClock(runs);
  });

  test("behind a batch of another sequence that is being decoded", async () => {
    const heldMs = 80;
    const runs = await several(async (observed) => {
      const { native } = observed;
      const [busySession, session] = [observed.open(), observed.open()];
      let waited: Promise<Waited> | undefined;
      let counted: ReturnType<typeof gauges> | undefined;
      native.beforeDecode = async (batch) => {
        if (batch !== 4) return;
        waited = prompt(observed, session);
        counted = sleep(heldMs / 2).then(() => gauges(observed));
        await sleep(heldMs);
      };
      await busySession.prompt(busyPrompt, { maxTokens: 8 });
      expect(await counted).toEqual({ active: 1, queued: 1 });
      return (await waited)!;
    });
    expectOwnClock(runs);
    expect(queueOf(runs)).toBeGreaterThan(heldMs - timerMs);
  });

  test("behind what holds the context's lock, before its history is made to fit", async () => {
    const runs = await several(async (observed) => {
      const { native } = observed;
      const session = observed.open();
      await session.prompt(busyPrompt, { maxTokens: 8 });
      const other = observed.open();
      let waited: Promise<Waited> | undefined;
      native.beforeDecode = async () => {
        if (waited !== undefined) return;
        // another history: the cached tokens are erased, which takes the lock
        session.resetChatHistory();
        waited = prompt(observed, session);
        await sleep(shortestWaitMs);
      };
      await other.prompt(busyPrompt, { maxTokens: 2 });
      return (await waited)!;
    });
    expectOwnClock(runs);
    expect(queueOf(runs)).toBeGreaterThan(shortestWaitMs - timerMs);
  });

  test("in the engine's own waits before it dispatches", async () => {
    const dispatchMs = 50;
    const batching: LlamaContextOptions["batching"] = {
      dispatchSchedule: (dispatch) => {
        setTimeout(dispatch, dispatchMs);
      },
    };
    const runs = await several((observed) => prompt(observed, observed.open()), { batching });
    expectOwnClock(runs);
    expect(queueOf(runs)).toBeGreaterThan(dispatchMs - timerMs);
  });

  test("of a bare evaluation behind another one on its sequence", async () => {
    const runs = await several(async ({ context, native, inferences }) => {
      const sequence = context.getSequence();
      const words = context.model.tokenize("before its memory");
      const second = sequence.evaluate(words);
      let called: number | undefined;
      let asked: Promise<unknown> | undefined;
      native.beforeDecode = async () => {
        if (called !== undefined) return;
        called = performance.now();
        asked = second.next();
        await sleep(shortestWaitMs);
      };
      const first = sequence.evaluate(context.model.tokenize(busyPrompt));
      await first.next();
      await first.return();
      await asked;
      await second.return();
      expect(inferences).toHaveLength(2);
      return { record: inferences[1]!, called: called!, ownMs: firstPartWith(native, words).at - called! };
    });
    expectOwnClock(runs);
    expect(queueOf(runs)).toBeGreaterThan(shortestWaitMs - timerMs);
  });
});

test("an inference that ended in the queue was never evaluated: it has no queue time", async () => {
  const observed = await observedContext();
  const session = observed.open();
  const controller = new AbortController();
  const busy = session.prompt(busyPrompt, { maxTokens: 10, onToken: () => controller.abort(new Error("enough")) });
  const waiting = session.prompt(waitingPrompt, { maxTokens: 3, signal: controller.signal });
  await expect(waiting).rejects.toThrow("enough");
  await busy;
  const record = observed.inferences.find(({ parameters }) => parameters.maxTokens === 3)!;
  expect(record.finishReason.unified).toBe("aborted");
  for (const name of ["queueMs", "promptEvalMs", "firstTokenMs", "promptTokens", "outputTokens", "promptEvalTokens"]) {
    expect(record).not.toHaveProperty(name);
  }
  expect(await observed.sample("genai_app_queue_seconds_count", { model })).toBe(1);
  await observed.context.dispose();
});

test("the histogram holds the records' queue times", async () => {
  const observed = await observedContext();
  const session = observed.open();
  await Promise.all([session.prompt(busyPrompt, { maxTokens: 9 }), session.prompt(waitingPrompt, { maxTokens: 3 })]);
  const queues = observed.inferences.map(({ queueMs }) => queueMs!);
  expect(queues).toHaveLength(2);
  expect(await observed.sample("genai_app_queue_seconds_count", { model })).toBe(2);
  const sum = await observed.sample("genai_app_queue_seconds_sum", { model });
  expect(sum!).toBeCloseTo((queues[0]! + queues[1]!) / 1000, 9);
  await observed.context.dispose();
});
