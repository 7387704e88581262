import type { InferenceRecord } from "../inference/record.ts";
import type { Instruments } from "../prometheus/instruments.ts";
import type { RequestRecord } from "../request/record.ts";
import { type LlamaCppMetrics, llamaCppMetricsOf } from "./llamacpp-metrics.ts";

/** What `GET /metrics/summary` answers. An average over nothing is null, never 0. */
export interface Summary {
  /** HTTP requests that ended, AIWatch's own routes left out. */
  readonly totalRequests: number;
  /** Mean duration of the requests that a chat or completion ran in, in seconds. */
  readonly averageResponseTime: number | null;
  /** Tokens that models generated. */
  readonly tokensGenerated: number;
  /** Prompt tokens, those reused from the KV cache included. */
  readonly tokensProcessed: number;
  /** Requests in flight, AIWatch's own routes left out. */
  readonly activeUsers: number;
  /** Failed requests over all, 0–1. */
  readonly errorRate: number | null;
  /** Mean time to first token, in seconds. */
  readonly averageFirstTokenTime: number | null;
  readonly inferences: Readonly<Record<InferenceRecord["finishReason"]["unified"], number>>;
  readonly llamaCppMetrics?: LlamaCppMetrics;
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

/** Totals since the instance was created, for the front end's panel. */
export class SummaryTotals {
  readonly #responseSeconds = new Mean();
  readonly #firstTokenSeconds = new Mean();
  readonly #inferences = { stop: 0, length: 0, tool_calls: 0, aborted: 0, error: 0 };
  #requests = 0;
  #failed = 0;
  #tokensGenerated = 0;
  #tokensProcessed = 0;

  addRequest(record: RequestRecord): void {
    if (record.own) return;
    this.#requests += 1;
    if (record.failure !== undefined) this.#failed += 1;
    if (record.chat && record.failure === undefined && !record.aborted) {
      this.#responseSeconds.add(record.durationMs / 1000);
    }
  }

  addInference(record: InferenceRecord): void {
    this.#inferences[record.finishReason.unified] += 1;
    this.#tokensGenerated += record.outputTokens ?? 0;
    this.#tokensProcessed += record.promptTokens ?? 0;
    if (record.firstTokenMs !== undefined) this.#firstTokenSeconds.add(record.firstTokenMs / 1000);
  }

  read(instruments: Instruments): Summary {
    const llamaCppMetrics = llamaCppMetricsOf(instruments.models);
    return {
      totalRequests: this.#requests,
      averageResponseTime: this.#responseSeconds.value,
      tokensGenerated: this.#tokensGenerated,
      tokensProcessed: this.#tokensProcessed,
      activeUsers: instruments.activeRequests.read({}),
      errorRate: this.#requests === 0 ? null : this.#failed / this.#requests,
      averageFirstTokenTime: this.#firstTokenSeconds.value,
      inferences: { ...this.#inferences },
      ...(llamaCppMetrics !== undefined && { llamaCppMetrics }),
    };
  }
}
