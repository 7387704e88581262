import { elapsedMs } from "../base/time.ts";
import { type Catalogue, catalogue } from "../catalogue/index.ts";
import { hasRows } from "../catalogue/values.ts";
import { inSeconds } from "../inference/arithmetic.ts";
import type { LiveInference, LiveInferences } from "../models/live-inferences.ts";
import type { CounterMetric, Debt } from "./counter.ts";
import { ReadGauge } from "./gauge.ts";
import type { HistogramMetric } from "./histogram.ts";

/** The metrics that count as tokens pass. */
interface Counted {
  readonly chatTokens: CounterMetric<Catalogue["chatTokens"]>;
  readonly cachedPromptTokens: CounterMetric<Catalogue["cachedPromptTokens"]>;
  readonly reasoningTokens: CounterMetric<Catalogue["reasoningTokens"]>;
  readonly promptEvalTokens: CounterMetric<Catalogue["promptEvalTokens"]>;
  readonly contextShifts: CounterMetric<Catalogue["contextShifts"]>;
  readonly firstTokenWaits: CounterMetric<Catalogue["firstTokenWaits"]>;
  readonly firstTokenLatency: HistogramMetric<Catalogue["firstTokenLatency"]>;
  readonly interTokenLatency: HistogramMetric<Catalogue["interTokenLatency"]>;
}

/** A counter that has a series for each model. */
interface CountedByModel {
  countUnderWay(underWay: (add: (labels: { readonly model: string }, count: number) => void) => void): void;
}

type ReadCount = (inference: LiveInference) => number | undefined;

/** What the answers under way have so far is in these metrics whenever somebody reads them. It costs a token nothing. */
export function countUnderWay(counted: Counted, live: LiveInferences): void {
  const sum = (read: ReadCount) => sumsOf(live, read);
  counted.chatTokens.countUnderWay((add) => {
    for (const [model, count] of sum(({ counts }) => counts.promptTokens)) add({ model, direction: "input" }, count);
    for (const [model, count] of sum(({ outputTokens }) => outputTokens)) add({ model, direction: "output" }, count);
  });
  const count = (metric: CountedByModel, read: ReadCount) =>
    metric.countUnderWay((add) => {
      for (const [model, total] of sum(read)) add({ model }, total);
    });
  count(counted.cachedPromptTokens, ({ counts }) => counts.cachedPromptTokens);
  count(counted.reasoningTokens, ({ counts }) => counts.reasoningTokens);
  count(
    counted.promptEvalTokens,
    ofEngineWithRows(({ counts }) => counts.promptEvalTokens),
  );
  count(
    counted.contextShifts,
    ofEngineWithRows(({ counts }) => counts.contextShifts),
  );
  counted.firstTokenWaits.countUnderWay((add) => {
    for (const [model, total] of sum(gotFirstToken)) add({ model, outcome: "got" }, total);
  });
  counted.firstTokenLatency.countUnderWay((add) => {
    for (const [model, { issuedAt, firstTokenAt }] of live.running()) {
      const seconds = inSeconds(elapsedMs(issuedAt, firstTokenAt));
      if (seconds !== undefined) add({ model }, seconds);
    }
  });
  counted.interTokenLatency.countUnderWay((add) => {
    for (const [model, { gapsSoFar }] of live.running()) {
      if (gapsSoFar !== undefined) add({ model }, { buckets: gapsSoFar.buckets, sum: gapsSoFar.sumMs / 1000 });
    }
  });
}

/** The counters that an engine may correct at the end. */
type Corrected = Pick<Counted, "chatTokens" | "cachedPromptTokens" | "reasoningTokens">;

/** What the counters of tokens owe. */
export function debtGauge({ chatTokens, cachedPromptTokens, reasoningTokens }: Corrected) {
  return new ReadGauge(catalogue.tokenDebt, () => [
    ...chatTokens.debts().map((debt) => owed(debt, debt.labels["direction"])),
    ...cachedPromptTokens.debts().map((debt) => owed(debt, "cached")),
    ...reasoningTokens.debts().map((debt) => owed(debt, "reasoning")),
  ]);
}

function owed({ labels: { model = "" }, amount }: Debt, kind = "") {
  return [{ model, kind }, amount] as const;
}

/** One look-up of a series for each model, whatever runs. */
function sumsOf(live: LiveInferences, read: ReadCount): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [model, inference] of live.running()) {
    const count = read(inference);
    if (count !== undefined) sums.set(model, (sums.get(model) ?? 0) + count);
  }
  return sums;
}

function ofEngineWithRows(read: ReadCount): ReadCount {
  return (inference) => (hasRows(inference.provider) ? read(inference) : undefined);
}

function gotFirstToken({ generates, firstTokenAt }: LiveInference): number | undefined {
  return generates && firstTokenAt !== undefined ? 1 : undefined;
}
