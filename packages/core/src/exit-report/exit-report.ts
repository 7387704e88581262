import type { Observer } from "../aiwatch/observer.ts";
import type { InferenceRecord, ToolRecord } from "../inference/record.ts";
import type { RequestRecord } from "../request/record.ts";
import { type Counted, ExitFigures } from "./exit-figures.ts";

/** What an instance saw, for a few lines when the process ends. */
export class ExitReport implements Observer {
  readonly name = "exit report";
  readonly figures: ExitFigures;
  readonly #nameOf: (model: string) => string;

  /** @param nameOf a model's name, or `other` over the cap of the metrics */
  constructor(counted: Counted, nameOf: (model: string) => string) {
    this.figures = new ExitFigures(counted);
    this.#nameOf = nameOf;
  }

  inferenceEnded(record: InferenceRecord): void {
    this.figures.addInference(this.#nameOf(record.model), record);
    this.figures.addFailure(record);
  }

  toolEnded(record: ToolRecord): void {
    this.figures.addFailure(record);
  }

  requestEnded(record: RequestRecord): void {
    if (record.own) return;
    this.figures.addRequest(record);
    this.figures.addFailure(record);
  }
}
