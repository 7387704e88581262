import type { InferenceRecord } from "@aiwatch/core";
import type { TestAiwatch } from "@aiwatch/core/testing";
import { observeFetch } from "@aiwatch/openai";
import { expect } from "vitest";
import { type ClockedAnswer, clockedFetch, readClocked } from "./clocked-answer.ts";
import type { RequestKind } from "./requests.ts";

/** A request, what its reader got above and below the observer, and its record. */
export interface Played {
  readonly kind: RequestKind;
  readonly above: ClockedAnswer;
  readonly below: ClockedAnswer;
  readonly record: InferenceRecord;
}

export interface Playing {
  readonly kinds: readonly RequestKind[];
  /** How often each. */
  readonly turns: number;
  readonly urlOf: (kind: RequestKind) => string;
  readonly seen: TestAiwatch;
}

/** Plays requests, four at once, and finds one record for each: no two have the same seed. */
export async function play({ kinds, turns, urlOf, seen }: Playing): Promise<Played[]> {
  const [above, below] = [new Map<number, ClockedAnswer>(), new Map<number, ClockedAnswer>()];
  const observed = observeFetch(clockedFetch(below), { aiwatch: seen.aiwatch });
  const all = Array.from({ length: turns }, (_, turn) => kinds.map((kind) => ({ kind, turn })))
    .flat()
    .map((request, index) => ({ ...request, seed: index + 1 }));
  const waiting = all.values();
  const work = async () => {
    for (const { kind, turn, seed } of waiting) {
      const body = JSON.stringify({ model: "tiny", ...kind.body(turn), seed });
      above.set(seed, await readClocked(observed, `${urlOf(kind)}${kind.path}`, { method: "POST", body }));
    }
  };
  const before = seen.inferences.length;
  await Promise.all(Array.from({ length: 4 }, work));
  const records = new Map(seen.inferences.slice(before).map((record) => [record.parameters.seed, record]));
  expect([seen.inferences.length - before, records.size]).toEqual([all.length, all.length]);
  return all.map(({ kind, seed }) => ({
    kind,
    above: above.get(seed)!,
    below: below.get(seed)!,
    record: records.get(seed)!,
  }));
}

export const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

export function known<Values extends object>(values: Values): Partial<Values> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Values>;
}
