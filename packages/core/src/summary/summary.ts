import type { UnifiedFinishReason } from "../catalogue/values.ts";
import { type FlatSummary, flatLlamaCppMetrics } from "../compat/flat-summary.ts";
import type { InferenceRecord } from "../inference/record.ts";
import type { Instruments } from "../instruments/instruments.ts";
import type { ModelReadings } from "../models/readings.ts";
import type { RequestFigures } from "../request/record.ts";

/**
 * What `GET /metrics/summary` answers: totals since the instance was created. The flat fields have the Go system's shape, in which 0 also
 * stands for "not known"; the nested ones are null or absent then.
 */
export interface Summary extends FlatSummary {
  readonly averages: SummaryAverages;
  /** Ended inferences, by their finish reason. */
  readonly inferences: Readonly<Record<UnifiedFinishReason, number>>;
  /** Every model that lives here, or was used or reported; those that live here first. */
  readonly models: readonly ModelFigures[];
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

  add(value: number): void {
    this.#sum += value;
    this.#count += 1;
  }

  get value(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
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
  #requests = 0;
  #failed = 0;
  #tokensGenerated = 0;
  #tokensProcessed = 0;

  addRequest(record: RequestFigures): void {
    if (record.own) return;
    this.#requests += 1;
    if (record.failure !== undefined) this.#failed += 1;
    const isAnswered = record.chat && record.failure === undefined && !record.aborted;
    if (isAnswered && record.durationMs !== undefined) this.#responseMs.add(record.durationMs);
  }

  addInference(record: InferenceRecord): void {
    this.#inferences[record.finishReason.unified] += 1;
    this.#tokensGenerated = finiteSum(this.#tokensGenerated, record.outputTokens);
    this.#tokensProcessed = finiteSum(this.#tokensProcessed, record.promptTokens);
    if (record.firstTokenMs !== undefined) this.#firstTokenMs.add(record.firstTokenMs);
  }

  read(instruments: Instruments): Summary {
    const averages = this.#averages();
    const models = instruments.models.known();
    const llamaCppMetrics = flatLlamaCppMetrics(models);
    return {
      totalRequests: this.#requests,
      averageResponseTime: (averages.responseMs ?? 0) / 1000,
      tokensGenerated: this.#tokensGenerated,
      tokensProcessed: this.#tokensProcessed,
      activeUsers: instruments.activeRequests.read({}),
      errorRate: averages.errorRate ?? 0,
      ...(llamaCppMetrics !== undefined && { llamaCppMetrics }),
      averages,
      inferences: { ...this.#inferences },
      models: Array.from(models, ([model, { readings }]) => ({ model, ...readings })),
    };
  }

  #averages(): SummaryAverages {
    return {
      responseMs: this.#responseMs.value,
      firstTokenMs: this.#firstTokenMs.value,
      errorRate: this.#requests === 0 ? null : this.#failed / this.#requests,
    };
  }
}
