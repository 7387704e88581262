import type { InferenceRecord } from "@aiwatch/core";
import { createTestAiwatch, type TestAiwatch } from "@aiwatch/core/testing";
import { observeFetch } from "@aiwatch/openai";
import { expect } from "vitest";
import { type ClockedAnswer, clockedFetch, readClocked } from "./clocked-answer.ts";
import type { ServerCounters } from "./counters.ts";
import { sum } from "./known.ts";
import type { RequestKind } from "./request-kind.ts";
import { toldBy } from "./told.ts";

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
  /** @default 4 */
  readonly atOnce?: number;
}

/** Plays requests, some at once, and finds one record for each: no two have the same seed. */
export async function play({ kinds, turns, urlOf, seen, atOnce = 4 }: Playing): Promise<Played[]> {
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
  await Promise.all(Array.from({ length: atOnce }, work));
  const records = new Map(seen.inferences.slice(before).map((record) => [record.parameters.seed, record]));
  expect([seen.inferences.length - before, records.size]).toEqual([all.length, all.length]);
  return all.map(({ kind, seed }) => ({
    kind,
    above: above.get(seed)!,
    below: below.get(seed)!,
    record: records.get(seed)!,
  }));
}

/** What the server must have counted by them: nothing tells the output of two choices in one piece, which here reach the same limit. */
export function countersBy(played: readonly Played[]): ServerCounters {
  const records = played.map(({ record }) => record);
  const cached = sum(records.map(({ cachedPromptTokens = 0 }) => cachedPromptTokens));
  const outputs = played.map(({ kind: { choices = 1 }, above, record }) => {
    return record.outputTokens ?? choices * (toldBy(above.text, 1).outputTokens ?? 0);
  });
  return { prompt: sum(records.map(({ promptTokens = 0 }) => promptTokens)) - cached, cached, output: sum(outputs) };
}

export interface AskOptions {
  /** Breaks off when so many chunks came. @default reads to the end */
  readonly events?: number;
  readonly includeUsage?: boolean;
}

/** One request on an instance of its own. */
export async function askOnce(url: string, path: string, body: object, { events, includeUsage }: AskOptions = {}) {
  const { aiwatch, inferences: records, diagnostics } = createTestAiwatch();
  const observed = observeFetch(fetch, { aiwatch, includeUsage });
  const init = { method: "POST", body: JSON.stringify(body) };
  const answer = await readClocked(observed, `${url}${path}`, init, events);
  expect(diagnostics).toEqual([]);
  return { answer, records };
}

/** The record's values of what is wanted. */
export function pick(record: InferenceRecord, wanted: object): unknown {
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, Reflect.get(record, name)]));
}
