import { catalogue } from "../catalogue/index.ts";
import {
  type FirstTokenOutcome,
  finishReasons,
  firstTokenOutcomes,
  generates,
  hasRows,
  isCompleted,
  type LatencyOperation,
  type Operation,
  type SloOutcome,
  toolOutcomes,
  type UnifiedFinishReason,
} from "../catalogue/values.ts";
import { inSeconds } from "../inference/arithmetic.ts";
import type { InferenceRecord, TokenGaps, ToolRecord } from "../inference/record.ts";
import type { SpanReference } from "../tracing/span.ts";
import { type Count, guardedCount, type PutGuard } from "./counter.ts";
import { EngineSeries } from "./engine-series.ts";
import type { BoundHistogram, ExemplarLabels } from "./histogram.ts";
import { exemplarLabels } from "./histogram.ts";
import type { Instruments } from "./instruments.ts";
import { beginDropped, beginModels } from "./known-series.ts";

/**
 * The series that one model's inferences of one operation go into, found once. Counters whose label values are known begin at 0, so that
 * `increase()` sees their first addition; histograms begin with their first value.
 */
export class InferenceSeries {
  readonly #instruments: Instruments;
  readonly #model: string;
  readonly #operation: Operation;
  readonly #inferences: Readonly<Record<UnifiedFinishReason, Count>>;
  readonly #counts: {
    readonly input: Count;
    readonly output: Count;
    readonly cached: Count;
    readonly reasoning: Count;
    readonly undelivered: Count;
  };
  /** Of what makes a text alone. */
  readonly #firstTokenWaits: Readonly<Record<FirstTokenOutcome, Count>> | undefined;
  readonly #slo: Readonly<Record<SloOutcome, Count>> | undefined;
  readonly #histograms = new Map<string, BoundHistogram>();
  readonly #guard: PutGuard;
  #ofEngine: EngineSeries | undefined;

  /** @param isJudged whether objectives are configured: without them nothing is good or bad */
  constructor(
    instruments: Instruments,
    { model, operation }: { readonly model: string; readonly operation: Operation },
    isJudged: boolean,
    guard: PutGuard,
  ) {
    const count = (bind: () => Count) => guardedCount(guard, bind);
    this.#guard = guard;
    this.#instruments = instruments;
    this.#model = model;
    this.#operation = operation;
    this.#inferences = Object.fromEntries(
      finishReasons.map((finish_reason) => [
        finish_reason,
        count(() => instruments.inferences.bind({ model, operation, finish_reason })),
      ]),
    ) as Record<UnifiedFinishReason, Count>;
    this.#counts = {
      input: count(() => instruments.chatTokens.bind({ direction: "input", model })),
      output: count(() => instruments.chatTokens.bind({ direction: "output", model })),
      cached: count(() => instruments.cachedPromptTokens.bind({ model })),
      reasoning: count(() => instruments.reasoningTokens.bind({ model })),
      undelivered: count(() => instruments.undeliveredTokens.bind({ model })),
    };
    const wait = (outcome: FirstTokenOutcome) => count(() => instruments.firstTokenWaits.bind({ model, outcome }));
    this.#firstTokenWaits = generates(operation)
      ? (Object.fromEntries(firstTokenOutcomes.map((outcome) => [outcome, wait(outcome)])) as Record<
          FirstTokenOutcome,
          Count
        >)
      : undefined;
    const { sloInferences } = instruments;
    const judged = (outcome: SloOutcome) => count(() => sloInferences.bind({ model, outcome }));
    this.#slo = isJudged ? { good: judged("good"), bad: judged("bad") } : undefined;
    beginModels(instruments);
    if (isJudged) beginDropped(instruments, [catalogue.sloInferences]);
  }

  /** An inference of that engine begins. */
  begin(provider: string): void {
    if (hasRows(provider)) this.#engineSeries();
  }

  /** At its end, too: these may be others than those that it began with. */
  #engineSeries(): EngineSeries {
    this.#ofEngine ??= new EngineSeries(this.#instruments, this.#model, this.#guard);
    return this.#ofEngine;
  }

  /** The first token for a request's reader came now. */
  requestFirstToken(waitedMs: number, span: SpanReference | undefined): void {
    this.#observe("requestFirstToken", waitedMs / 1000, span && exemplarLabels(span));
  }

  /** @param gotFirstToken whether a first token was seen, were it at a moment that the clock does not know */
  record(record: InferenceRecord, gotFirstToken: boolean): void {
    const exemplar = exemplarLabels(record);
    this.#inferences[record.finishReason.unified]();
    if (record.slo !== undefined) this.#slo?.[record.slo]();
    const waited = waitOutcomeOf(record.finishReason.unified, gotFirstToken);
    if (waited !== undefined) this.#firstTokenWaits?.[waited]();
    const { failure } = record;
    if (failure !== undefined) {
      this.#guard(() => this.#instruments.errors.add({ type: failure.type, operation: "inference" }));
    }
    this.#recordCounts(record);
    this.#recordTimes(record, exemplar);
    this.#recordSizes(record, exemplar);
    if (hasRows(record.provider)) this.#engineSeries().record(record, exemplar);
  }

  #recordCounts(record: InferenceRecord): void {
    const { promptTokens, outputTokens, cachedPromptTokens, reasoningTokens, undeliveredTokens } = record;
    if (promptTokens !== undefined) this.#counts.input(promptTokens);
    if (outputTokens !== undefined) this.#counts.output(outputTokens);
    if (cachedPromptTokens !== undefined) this.#counts.cached(cachedPromptTokens);
    if (reasoningTokens !== undefined) this.#counts.reasoning(reasoningTokens);
    if (undeliveredTokens !== undefined) this.#counts.undelivered(undeliveredTokens);
  }

  #recordTimes(record: InferenceRecord, exemplar: ExemplarLabels | undefined): void {
    const { durationMs, firstTokenMs, queueMs, unexplainedMs, promptEvalMs, timePerOutputTokenMs } = record;
    if (isCompleted(record.finishReason.unified)) {
      this.#observe("modelLatency", inSeconds(durationMs), exemplar);
      this.#observe("timePerOutputToken", inSeconds(timePerOutputTokenMs), exemplar);
    }
    this.#observe("firstTokenLatency", inSeconds(firstTokenMs), exemplar);
    this.#observe("queueTime", inSeconds(queueMs), exemplar);
    this.#observe("serverUnexplained", inSeconds(unexplainedMs), exemplar);
    if (promptEvalMs !== undefined) this.#promptEvaluated(promptEvalMs);
    if (record.tokenGaps !== undefined) this.#mergeGaps(record.tokenGaps, exemplar);
  }

  #recordSizes({ promptTokens, outputTokens }: InferenceRecord, exemplar: ExemplarLabels | undefined): void {
    this.#observe("promptTokens", promptTokens, exemplar);
    this.#observe("outputTokens", outputTokens, exemplar);
  }

  // what follows is caught where it stands: a guard would make a closure for each value

  #observe(name: ModelHistogram, value: number | undefined, exemplar: ExemplarLabels | undefined): void {
    if (value === undefined) return;
    try {
      this.#bound(name).observe(value, exemplar);
    } catch (error) {
      this.#failed(error);
    }
  }

  #promptEvaluated(promptEvalMs: number): void {
    try {
      this.#instruments.models.promptEvaluated(this.#model, promptEvalMs);
    } catch (error) {
      this.#failed(error);
    }
  }

  #mergeGaps({ buckets, sumMs, maxMs }: TokenGaps, exemplar: ExemplarLabels | undefined): void {
    try {
      this.#bound("interTokenLatency").merge({ buckets, sum: sumMs / 1000, max: maxMs / 1000 }, exemplar);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#guard(() => {
      throw error;
    });
  }

  #bound(name: ModelHistogram): BoundHistogram {
    const known = this.#histograms.get(name);
    if (known !== undefined) return known;
    const bound = this.#bind(name);
    this.#histograms.set(name, bound);
    return bound;
  }

  #bind(name: ModelHistogram): BoundHistogram {
    const model = this.#model;
    if (name !== "modelLatency") return this.#instruments[name].bind({ model });
    return this.#instruments.modelLatency.bind({ model, operation: latencyOperationOf(this.#operation) });
  }
}

/** How the wait for a first token ended. What completed without one that was seen came in one piece: nobody knows how long that one took. */
function waitOutcomeOf(reason: UnifiedFinishReason, gotFirstToken: boolean): FirstTokenOutcome | undefined {
  if (gotFirstToken) return "got";
  if (reason === "aborted") return "aborted";
  return reason === "error" ? "failed" : undefined;
}

/** Histograms that have a series for each model. */
type ModelHistogram =
  | "modelLatency"
  | "requestFirstToken"
  | "firstTokenLatency"
  | "queueTime"
  | "serverUnexplained"
  | "interTokenLatency"
  | "timePerOutputToken"
  | "promptTokens"
  | "outputTokens";

function latencyOperationOf(operation: Operation): LatencyOperation {
  return generates(operation) ? "inference" : operation;
}

/** A model called a function: its outcomes begin at 0. */
export function beginTool(instruments: Instruments, model: string, tool: string): void {
  for (const outcome of toolOutcomes) instruments.toolCalls.begin({ model, tool, outcome });
  beginDropped(instruments, [catalogue.toolCalls, catalogue.toolCallDuration]);
}

/** Puts one ended run of a function into the instruments. */
export function recordTool(instruments: Instruments, record: ToolRecord, guard: PutGuard): void {
  const { model, tool, outcome, durationMs, failure } = record;
  guard(() => instruments.toolCalls.add({ model, tool, outcome }));
  if (durationMs !== undefined) {
    const exemplar = exemplarLabels(record);
    guard(() => instruments.toolCallDuration.observe({ model, tool }, durationMs / 1000, exemplar));
  }
  if (failure !== undefined) guard(() => instruments.errors.add({ type: failure.type, operation: "tool" }));
}
