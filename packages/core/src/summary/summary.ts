import { uptime } from "node:process";
import type { ChatBoard } from "../chats/chat-board.ts";
import { flatLlamaCppMetrics } from "../compat/flat-summary.ts";
import type { ResolvedObjectives } from "../inference/objectives.ts";
import type { InferenceRecord } from "../inference/record.ts";
import type { Instruments } from "../instruments/instruments.ts";
import type { RequestFigures } from "../request/record.ts";
import { type CurrentFigures, type Summary, type SummaryAverages, summarySchema } from "./schema.ts";

/** What the summary tells of. */
export interface SummaryHost {
  readonly service: string;
  readonly objectives: ResolvedObjectives | undefined;
  readonly instruments: Instruments;
  readonly chats: ChatBoard;
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

  /** The flat fields come first, as the Go system's. */
  read(host: SummaryHost): Summary {
    const { instruments, chats, objectives } = host;
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
      schema: summarySchema,
      service: host.service,
      uptimeSeconds: uptime(),
      ...(objectives !== undefined && { slo: { ...objectives } }),
      now: currentFigures(chats, instruments),
      window: chats.window.figures(chats.now()),
      totals: chats.totals,
      series: chats.window.series(chats.now()),
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

function currentFigures(chats: ChatBoard, { models }: Instruments): CurrentFigures {
  let tokensPerSecond: number | undefined;
  for (const model of models.live.models()) {
    const rate = models.live.runningRateOf(model);
    if (rate !== undefined) tokensPerSecond = finiteSum(tokensPerSecond ?? 0, rate);
  }
  return { ...chats.current(), ...(tokensPerSecond !== undefined && { tokensPerSecond }) };
}
