import { addOutcomes, noOutcomes } from "../chats/chat-slice.ts";
import { mergedWindow } from "../chats/merged-window.ts";
import type { KnownModel } from "../models/model-board.ts";
import { type Merges, mergeReadings, merges } from "../models/readings.ts";
import type { ClusterFigures, CurrentFigures } from "./schema.ts";
import type { MeanPart, ShownPart, SummaryPart } from "./summary-part.ts";
import { finiteSum } from "./summary-totals.ts";

/**
 * What several processes have for the summary, as one process with all their traffic would have it.
 * @param sinceMs how long ago the newest slice of the whole window begins
 */
export function mergedSummary(parts: readonly SummaryPart[], sinceMs: number): SummaryPart {
  const sumBy = (read: (part: SummaryPart) => number) => parts.reduce((total, part) => finiteSum(total, read(part)), 0);
  const now = mergedNow(parts.flatMap((part) => part.now ?? []));
  const cluster = mergedCluster(parts.flatMap((part) => part.cluster ?? []));
  return {
    requests: sumBy(({ requests }) => requests),
    failed: sumBy(({ failed }) => failed),
    activeRequests: sumBy(({ activeRequests }) => activeRequests),
    responseMs: mergedMean(parts.map(({ responseMs }) => responseMs)),
    firstTokenMs: mergedMean(parts.map(({ firstTokenMs }) => firstTokenMs)),
    inferences: mergedInferences(parts),
    generated: mergedTotal(parts.map(({ generated }) => generated)),
    processed: mergedTotal(parts.map(({ processed }) => processed)),
    models: mergedModels(parts),
    ...(now !== undefined && { now }),
    totals: mergedOutcomes(parts),
    window: mergedWindow(
      parts.map(({ window }) => window),
      sinceMs,
    ),
    ...(cluster !== undefined && { cluster }),
  };
}

/** What stays true of a process that is gone or silent: what it had counted. What went on there is not known. */
export function countedIn({ now: _now, cluster: _cluster, generated, processed, ...part }: SummaryPart): SummaryPart {
  return {
    ...part,
    activeRequests: 0,
    generated: { ...generated, debt: 0 },
    processed: { ...processed, debt: 0 },
    models: new Map(),
  };
}

/** The part as it is some time after it was read: what it counted is older then. */
export function agedBy(ms: number, { window, ...part }: SummaryPart): SummaryPart {
  return { ...part, window: { ...window, sinceMs: window.sinceMs + ms } };
}

function mergedMean(means: readonly MeanPart[]): MeanPart {
  return {
    sum: means.reduce((total, { sum }) => finiteSum(total, sum), 0),
    count: means.reduce((total, { count }) => total + count, 0),
  };
}

function mergedTotal(totals: readonly ShownPart[]): ShownPart {
  return {
    total: totals.reduce((sum, { total }) => finiteSum(sum, total), 0),
    debt: totals.reduce((sum, { debt }) => finiteSum(sum, debt), 0),
  };
}

function mergedInferences(parts: readonly SummaryPart[]): SummaryPart["inferences"] {
  const all = { stop: 0, length: 0, tool_calls: 0, aborted: 0, error: 0 };
  for (const { inferences } of parts)
    for (const reason of Object.keys(all) as (keyof typeof all)[]) all[reason] += inferences[reason];
  return all;
}

function mergedOutcomes(parts: readonly SummaryPart[]): SummaryPart["totals"] {
  const all = { ...noOutcomes };
  for (const { totals } of parts) addOutcomes(all, totals);
  return all;
}

function mergedNow(all: readonly CurrentFigures[]): CurrentFigures | undefined {
  if (all.length === 0) return undefined;
  const sumBy = (read: (figures: CurrentFigures) => number) => all.reduce((sum, figures) => sum + read(figures), 0);
  const rates = all.flatMap(({ tokensPerSecond }) => tokensPerSecond ?? []);
  const idle = all.flatMap(({ idleSeconds }) => idleSeconds ?? []);
  return {
    chats: sumBy(({ chats }) => chats),
    active: sumBy(({ active }) => active),
    queued: sumBy(({ queued }) => queued),
    inLine: sumBy(({ inLine }) => inLine),
    // who is at work is idle since 0 seconds
    ...(idle.length > 0 && { idleSeconds: Math.min(...idle) }),
    ...(rates.length > 0 && { tokensPerSecond: rates.reduce(finiteSum, 0) }),
  };
}

export function mergedCluster(all: readonly ClusterFigures[]): ClusterFigures | undefined {
  if (all.length === 0) return undefined;
  const answered = all.reduce((sum, figures) => sum + figures.answered, 0);
  return { answered, silent: all.reduce((sum, figures) => sum + figures.silent, 0) };
}

function mergedModels(parts: readonly SummaryPart[]): ReadonlyMap<string, KnownModel> {
  const all = new Map<string, KnownModel>();
  for (const { models } of parts) {
    for (const [model, known] of models) {
      const before = all.get(model);
      all.set(model, before === undefined ? known : mergedModel(before, known));
    }
  }
  return all;
}

/** What is computed once for a process is added up over several. */
const mergesAcrossProcesses: Merges = {
  ...merges,
  tokensPerSecond: finiteSum,
  activeInferences: finiteSum,
  queuedInferences: finiteSum,
};

function mergedModel(earlier: KnownModel, later: KnownModel): KnownModel {
  const rates = new Map(earlier.rates);
  for (const [engine, rate] of later.rates) rates.set(engine, finiteSum(rates.get(engine) ?? 0, rate));
  return {
    engine: earlier.engine,
    rates,
    readings: mergeReadings(earlier.readings, later.readings, mergesAcrossProcesses),
  };
}
