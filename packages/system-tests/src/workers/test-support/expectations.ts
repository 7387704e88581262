import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { ListedWorker } from "./messages.ts";
import type { App, Door, Samples } from "./start-app.ts";

const model = 'model="tiny-endless"';
export const workersThat = (state: "answered" | "silent") => `genai_app_cluster_workers{state="${state}"}`;
const inferences = (reason: string) =>
  `genai_app_inferences_total{${model},operation="chat",finish_reason="${reason}"}`;

/** What all counters must say together, by what all workers did that there ever were. */
export function countersOf(workers: readonly ListedWorker[]): Record<string, number> {
  const sum = (count: keyof ListedWorker["counts"]) => workers.reduce((total, { counts }) => total + counts[count], 0);
  const [begun, answered, aborted] = [sum("begun"), sum("answered"), sum("aborted")];
  return {
    [inferences("length")]: answered,
    [inferences("aborted")]: aborted,
    [`genai_app_chat_tokens_total{direction="output",${model}}`]: sum("sampled"),
    [`genai_app_chat_tokens_total{direction="input",${model}}`]: sum("prompted"),
    [`genai_app_first_token_waits_total{${model},outcome="got"}`]: begun,
    [`genai_app_output_tokens_count{${model}}`]: answered + aborted,
  };
}

/** @returns what is not so; empty where all of it is */
function differences(samples: Samples, counters: Readonly<Record<string, number>>): string[] {
  return Object.entries(counters)
    .filter(([series, value]) => (samples.get(series) ?? 0) !== value)
    .map(([series, value]) => `${series} is ${samples.get(series)} and should be ${value}`);
}

/** Each of the doors says exactly what all workers did, in its metrics and in its summary. Nothing may be at work meanwhile. */
export async function expectExact(app: App, doors: readonly Door[]): Promise<void> {
  const counters = countersOf(await app.workers());
  for (const door of doors) {
    expect(differences(await door.samples(), counters)).toEqual([]);
    const { totals, inferences: reasons } = await until(
      door.summary,
      ({ inferences: { length, aborted } }) =>
        length === counters[inferences("length")] && aborted === counters[inferences("aborted")],
    );
    expect([totals.answered, totals.aborted]).toEqual([reasons.length, reasons.aborted]);
  }
}

/** Asks until it is so. */
export async function until<Answer>(ask: () => Promise<Answer>, isSo: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    await sleep(50);
  }
}

/** Reads the metrics ten times a second, until it is stopped. */
export class CounterWatch {
  readonly fell: string[] = [];
  readings = 0;
  readonly #door: Door;
  #isOver = false;
  #before: Samples = new Map();
  readonly #watching: Promise<void>;

  constructor(door: Door) {
    this.#door = door;
    this.#watching = this.#watch();
  }

  async stop(): Promise<readonly string[]> {
    this.#isOver = true;
    await this.#watching;
    return this.fell;
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      const now = await this.#door.samples();
      this.readings += 1;
      for (const [series, before] of this.#before) {
        if (/_(total|bucket|sum|count)(\{|$)/.test(series) && !((now.get(series) ?? -1) >= before))
          this.fell.push(`${series} from ${before} to ${now.get(series)}`);
      }
      this.#before = now;
      await sleep(100);
    }
  }
}
