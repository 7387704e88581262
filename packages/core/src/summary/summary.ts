import { elapsedMs } from "../base/time.ts";
import type { UnifiedFinishReason } from "../catalogue/values.ts";
import { type FlatSummary, flatLlamaCppMetrics } from "../compat/flat-summary.ts";
import type { InferenceRecord } from "../inference/record.ts";
import type { Instruments } from "../instruments/instruments.ts";
import type { LiveInference } from "../models/live-inferences.ts";
import type { ModelReadings } from "../models/readings.ts";
import type { RequestFigures } from "../request/record.ts";

/**
 * What `GET /metrics/summary` answers: totals since the instance was created. Tokens and first tokens of the answers under way are in it. The flat fields have the Go system's shape, in which 0 also
 * stands for "not known"; the nested ones are null or absent then.
 */
export interface Summary extends FlatSummary {
  readonly averages: SummaryAverages;
  /** Ended inferences, by their finish reason. */
  readonly inferences: Readonly<Record<UnifiedFinishReason, number>>;
  /** How far the totals of tokens are ahead of what was recorded; absent where they are not. */
  readonly tokenDebt?: TokenDebt;
  /** Every model that lives here, or was used or reported; those that live here first. */
  readonly models: readonly ModelFigures[];
}

/** Tokens that a total showed while answers went on, and that an engine took back at the end: the next ones pay for them. */
export interface TokenDebt {
  readonly tokensGenerated: number;
  readonly tokensProcessed: number;
}

/** Averages over what was seen, null while nothing was. */
export interface SummaryAverages {
  /** Mean duration of the requests that a chat or completion ran in, in milliseconds: those that were answered to the end. */
  readonly responseMs: number | null;
  /** Mean time to first token, in milliseconds. */
  readonly firstTokenMs: number | null;
  /** Failed requests over all, 0–1. */
  readonly errorRate: number | null;
}

/** What one model can tell now. What it cannot tell is absent: `tokensPerSecond` once the model was idle for a minute. */
export interface ModelFigures extends ModelReadings {
  /** The model's name. */
  readonly model: string;
}

/** A sum with the number of its parts. */
class Mean {
  #sum = 0;
  #count = 0;

  /** This one, as it is now, with others beside it. */
  with(values: Iterable<number>): Mean {
    const all = new Mean();
    all.#sum = this.#sum;
    all.#count = this.#count;
    for (const value of values) all.add(value);
    return all;
  }

  add(value: number): void {
    this.#sum += value;
    this.#count += 1;
  }

  get value(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}

/** A total that never falls to whoever reads it, as the counters of the metrics do not: what was shown before an engine corrected it stays. */
class ShownTotal {
  #recorded = 0;
  #shown = 0;

  add(amount = 0): void {
    this.#recorded = finiteSum(this.#recorded, amount);
  }

  /** @param underWay what the inferences under way add to it */
  read(underWay: number): { readonly total: number; readonly debt: number } {
    const known = finiteSum(this.#recorded, underWay);
    this.#shown = Math.max(this.#shown, known);
    return { total: this.#shown, debt: this.#shown - known };
  }
}

/** JSON has no word for what is past the largest number. */
function finiteSum(total: number, value = 0): number {
  return Math.min(total + value, Number.MAX_VALUE);
}

/** Totals since the instance was created, for the front end's panel. */
export class SummaryTotals {
  readonly #responseMs = new Mean();
  readonly #firstTokenMs = new Mean();
  readonly #inferences = { stop: 0, length: 0, tool_calls: 0, aborted: 0, error: 0 };
  readonly #tokensGenerated = new ShownTotal();
  readonly #tokensProcessed = new ShownTotal();
  readonly #running = new Set<LiveInference>();
  #requests = 0;
  #failed = 0;

  addRequest(record: RequestFigures): void {
    if (record.own) return;
    this.#requests += 1;
    if (record.failure !== undefined) this.#failed += 1;
    const isAnswered = record.chat && record.failure === undefined && !record.aborted;
    if (isAnswered && record.durationMs !== undefined) this.#responseMs.add(record.durationMs);
  }

  inferenceBegan(live: LiveInference): void {
    this.#running.add(live);
  }

  inferenceEnded(live: LiveInference, record: InferenceRecord): void {
    this.#running.delete(live);
    this.#inferences[record.finishReason.unified] += 1;
    this.#tokensGenerated.add(record.outputTokens);
    this.#tokensProcessed.add(record.promptTokens);
    if (record.firstTokenMs !== undefined) this.#firstTokenMs.add(record.firstTokenMs);
  }

  read(instruments: Instruments): Summary {
    const averages = this.#averages();
    const generated = this.#tokensGenerated.read(this.#underWay(({ outputTokens }) => outputTokens));
    const processed = this.#tokensProcessed.read(this.#underWay(({ counts }) => counts.promptTokens));
    const tokenDebt = { tokensGenerated: generated.debt, tokensProcessed: processed.debt };
    const models = instruments.models.known();
    const llamaCppMetrics = flatLlamaCppMetrics(models);
    return {
      totalRequests: this.#requests,
      averageResponseTime: (averages.responseMs ?? 0) / 1000,
      tokensGenerated: generated.total,
      tokensProcessed: processed.total,
      activeUsers: instruments.activeRequests.read({}),
      errorRate: averages.errorRate ?? 0,
      ...(llamaCppMetrics !== undefined && { llamaCppMetrics }),
      averages,
      inferences: { ...this.#inferences },
      ...((generated.debt > 0 || processed.debt > 0) && { tokenDebt }),
      models: Array.from(models, ([model, { readings }]) => ({ model, ...readings })),
    };
  }

  /** What the inferences under way have so far, together. */
  #underWay(read: (live: LiveInference) => number | undefined): number {
    let total = 0;
    for (const live of this.#running) total = finiteSum(total, read(live));
    return total;
  }

  #averages(): SummaryAverages {
    return {
      responseMs: this.#responseMs.value,
      firstTokenMs: this.#firstTokenMs.with(this.#firstTokensUnderWay()).value,
      errorRate: this.#requests === 0 ? null : this.#failed / this.#requests,
    };
  }

  *#firstTokensUnderWay(): Iterable<number> {
    for (const { issuedAt, firstTokenAt } of this.#running) {
      const firstTokenMs = elapsedMs(issuedAt, firstTokenAt);
      if (firstTokenMs !== undefined) yield firstTokenMs;
    }
  }
}
