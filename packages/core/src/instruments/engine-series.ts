import { catalogue } from "../catalogue/index.ts";
import { speculationOutcomes } from "../catalogue/values.ts";
import type { InferenceRecord } from "../inference/record.ts";
import { type Count, guardedCount, type PutGuard } from "./counter.ts";
import type { BoundHistogram, ExemplarLabels } from "./histogram.ts";
import type { Instruments } from "./instruments.ts";
import { beginDropped } from "./known-series.ts";

/** The series that one model's inferences go into where its engine has rows of its own. */
export class EngineSeries {
  readonly #instruments: Instruments;
  readonly #model: string;
  readonly #guard: PutGuard;
  readonly #prefilled: Count;
  readonly #contextShifts: Count;
  #promptEval: BoundHistogram | undefined;

  constructor(instruments: Instruments, model: string, guard: PutGuard) {
    const { promptEvalTokens, contextShifts } = instruments;
    beginDropped(instruments, [catalogue.promptEval, catalogue.promptEvalTokens, catalogue.contextShifts]);
    this.#instruments = instruments;
    this.#model = model;
    this.#guard = guard;
    this.#prefilled = guardedCount(guard, () => promptEvalTokens.bind({ model }));
    this.#contextShifts = guardedCount(guard, () => contextShifts.bind({ model }));
  }

  record(record: InferenceRecord, exemplar: ExemplarLabels | undefined): void {
    const { promptEvalTokens, contextShifts, promptEvalMs, speculativeTokens } = record;
    const { speculativeTokens: speculation } = this.#instruments;
    const model = this.#model;
    if (promptEvalMs !== undefined) this.#promptEvaluated(promptEvalMs / 1000, exemplar);
    if (promptEvalTokens !== undefined) this.#prefilled(promptEvalTokens);
    if (contextShifts !== undefined) this.#contextShifts(contextShifts);
    // only contexts with a token predictor draft tokens: a look-up each is no matter
    if (speculativeTokens === undefined) return;
    beginDropped(this.#instruments, [catalogue.speculativeTokens]);
    for (const outcome of speculationOutcomes) {
      const tokens = speculativeTokens[outcome];
      if (tokens !== undefined) this.#guard(() => speculation.add({ model, outcome }, tokens));
    }
  }

  #promptEvaluated(seconds: number, exemplar: ExemplarLabels | undefined): void {
    try {
      this.#promptEval ??= this.#instruments.promptEval.bind({ model: this.#model });
      this.#promptEval.observe(seconds, exemplar);
    } catch (error) {
      this.#guard(() => {
        throw error;
      });
    }
  }
}

/** A prompt evaluation that somebody else measured, of an engine that has rows of its own. */
export function recordPromptEval(instruments: Instruments, model: string, promptEvalMs: number): void {
  beginDropped(instruments, [catalogue.promptEval]);
  instruments.promptEval.observe({ model }, promptEvalMs / 1000);
}
