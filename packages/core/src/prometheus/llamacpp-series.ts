import { catalogue } from "../catalogue/index.ts";
import { speculationOutcomes } from "../catalogue/values.ts";
import type { InferenceRecord } from "../inference/record.ts";
import type { BoundHistogram, ExemplarLabels } from "./histogram.ts";
import type { Instruments } from "./instruments.ts";
import { beginDropped } from "./known-series.ts";

/** The series of the `llamacpp_…` rows that one model's inferences go into: those of llama.cpp alone. */
export class LlamaCppSeries {
  readonly #instruments: Instruments;
  readonly #model: string;
  readonly #prefilled: (amount?: number) => void;
  readonly #contextShifts: (amount?: number) => void;
  #promptEval: BoundHistogram | undefined;

  constructor(instruments: Instruments, model: string) {
    const { promptEvalTokens, contextShifts } = instruments;
    beginDropped(instruments, [catalogue.promptEval, catalogue.promptEvalTokens, catalogue.contextShifts]);
    this.#instruments = instruments;
    this.#model = model;
    this.#prefilled = promptEvalTokens.bind({ model });
    this.#contextShifts = contextShifts.bind({ model });
  }

  record(record: InferenceRecord, exemplar: ExemplarLabels | undefined): void {
    const { promptEvalTokens, contextShifts, promptEvalMs, speculativeTokens } = record;
    const { promptEval, speculativeTokens: speculation } = this.#instruments;
    const model = this.#model;
    if (promptEvalMs !== undefined) {
      this.#promptEval ??= promptEval.bind({ model });
      this.#promptEval.observe(promptEvalMs / 1000, exemplar);
    }
    if (promptEvalTokens !== undefined) this.#prefilled(promptEvalTokens);
    if (contextShifts !== undefined) this.#contextShifts(contextShifts);
    // only contexts with a token predictor draft tokens: a look-up each is no matter
    if (speculativeTokens === undefined) return;
    beginDropped(this.#instruments, [catalogue.speculativeTokens]);
    for (const outcome of speculationOutcomes) speculation.add({ model, outcome }, speculativeTokens[outcome]);
  }
}

/** A prompt evaluation of llama.cpp's that somebody else measured. */
export function recordPromptEval(instruments: Instruments, model: string, promptEvalMs: number): void {
  beginDropped(instruments, [catalogue.promptEval]);
  instruments.promptEval.observe({ model }, promptEvalMs / 1000);
}
