import { LiveMap } from "../base/live-map.ts";
import { elapsedMs } from "../base/time.ts";
import type { ChatBoard } from "../chats/chat-board.ts";
import type { InferenceRecord } from "../inference/record.ts";
import type { Instruments } from "../instruments/instruments.ts";
import type { LiveInference } from "../models/live-inferences.ts";
import type { RequestFigures } from "../request/record.ts";
import type { CurrentFigures } from "./schema.ts";
import type { MeanPart, ShownPart, SummaryPart } from "./summary-part.ts";

/** What the summary is read from besides the totals. */
export interface SummarizedHost {
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

  /** As it is now, with others beside it. */
  with(values: Iterable<number>): MeanPart {
    let { sum, count } = this.part;
    for (const value of values) {
      sum += value;
      count += 1;
    }
    return { sum, count };
  }

  get part(): MeanPart {
    return { sum: this.#sum, count: this.#count };
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
  read(underWay: number): ShownPart {
    const known = finiteSum(this.#recorded, underWay);
    this.#shown = Math.max(this.#shown, known);
    return { total: this.#shown, debt: this.#shown - known };
  }
}

/** JSON has no word for what is past the largest number. */
export function finiteSum(total: number, value = 0): number {
  return Math.min(total + value, Number.MAX_VALUE);
}

/** Totals since the instance was created, for the front end's panel. */
export class SummaryTotals {
  readonly #responseMs = new Mean();
  readonly #firstTokenMs = new Mean();
  readonly #inferences = { stop: 0, length: 0, tool_calls: 0, aborted: 0, error: 0 };
  readonly #tokensGenerated = new ShownTotal();
  readonly #tokensProcessed = new ShownTotal();
  readonly #running = new LiveMap<LiveInference, true>();
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
    this.#running.set(live, true);
  }

  inferenceEnded(live: LiveInference, record: InferenceRecord): void {
    this.#running.delete(live);
    this.#inferences[record.finishReason.unified] += 1;
    this.#tokensGenerated.add(record.outputTokens);
    this.#tokensProcessed.add(record.promptTokens);
    if (record.firstTokenMs !== undefined) this.#firstTokenMs.add(record.firstTokenMs);
  }

  read({ instruments, chats }: SummarizedHost): SummaryPart {
    const { chats: _chats, ...totals } = chats.totals;
    return {
      requests: this.#requests,
      failed: this.#failed,
      activeRequests: instruments.activeRequests.read({}),
      responseMs: this.#responseMs.part,
      firstTokenMs: this.#firstTokenMs.with(this.#firstTokensUnderWay()),
      inferences: { ...this.#inferences },
      generated: this.#tokensGenerated.read(this.#underWay(({ outputTokens }) => outputTokens)),
      processed: this.#tokensProcessed.read(this.#underWay(({ counts }) => counts.promptTokens)),
      models: instruments.models.known(),
      now: currentFigures(chats, instruments),
      totals,
      window: chats.window.part(chats.now()),
    };
  }

  /** What the inferences under way have so far, together. */
  #underWay(read: (live: LiveInference) => number | undefined): number {
    let total = 0;
    for (const [live] of this.#running) total = finiteSum(total, read(live));
    return total;
  }

  *#firstTokensUnderWay(): Iterable<number> {
    for (const [{ issuedAt, firstTokenAt }] of this.#running) {
      const firstTokenMs = elapsedMs(issuedAt, firstTokenAt);
      if (firstTokenMs !== undefined) yield firstTokenMs;
    }
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
