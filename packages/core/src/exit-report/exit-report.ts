import type { InferenceRecord, ToolRecord } from "../inference/record.ts";
import type { Observer } from "../observer.ts";
import type { Instruments } from "../prometheus/instruments.ts";
import type { RequestRecord } from "../request/record.ts";
import { type Line, ModelFigures } from "./model-figures.ts";
import { printable, Tally } from "./tally.ts";

type Counted = Pick<Instruments, "spansDropped" | "telemetryErrors">;

/** What an instance saw, for a few lines when the process ends. */
export class ExitReport implements Observer {
  readonly name = "exit report";
  readonly #models = new Map<string, ModelFigures>();
  readonly #requests = new Tally();
  readonly #errors = new Tally();
  readonly #nameOf: (model: string) => string;
  readonly #lost: () => Lost;

  /** @param nameOf a model's name, or `other` over the cap of the metrics */
  constructor(instruments: Counted, nameOf: (model: string) => string) {
    this.#nameOf = nameOf;
    // what another instance on the same registry counted before is not this one's
    const before = lostOf(instruments);
    this.#lost = () => {
      const { spans, faults } = lostOf(instruments);
      return { spans: spans - before.spans, faults: faults - before.faults };
    };
  }

  inferenceEnded(record: InferenceRecord): void {
    const model = this.#nameOf(record.model);
    const figures = this.#models.get(model) ?? new ModelFigures();
    this.#models.set(model, figures);
    figures.add(record);
    this.#fail(record);
  }

  toolEnded(record: ToolRecord): void {
    this.#fail(record);
  }

  requestEnded(record: RequestRecord): void {
    if (record.own) return;
    const broken = record.failure === undefined ? "answered" : "failed";
    this.#requests.add(record.aborted ? "aborted" : broken);
    this.#fail(record);
  }

  /** `undefined` where nothing was seen. */
  text(): string | undefined {
    const { spans, faults } = this.#lost();
    const models = [...this.#models].flatMap(([model, figures]) => [titleOf(model), ...figures.lines().map(inBlock)]);
    const others: Line[] = [
      ["requests", this.#requests.total === 0 ? undefined : this.#requests.describe()],
      ["errors", this.#errors.total === 0 ? undefined : this.#errors.describe()],
      ["spans lost", spans > 0 ? String(spans) : undefined],
      ["faults of AIWatch's own", faults > 0 ? String(faults) : undefined],
    ];
    const lines = [...models, ...others.map(beside)].filter((line) => line !== undefined);
    return lines.length === 0 ? undefined : `AIWatch, at exit\n${lines.join("\n")}\n`;
  }

  #fail({ failure }: { readonly failure?: { readonly type: string } }): void {
    if (failure !== undefined) this.#errors.add(failure.type);
  }
}

interface Lost {
  readonly spans: number;
  readonly faults: number;
}

function lostOf({ spansDropped, telemetryErrors }: Counted): Lost {
  return { spans: spansDropped.total(), faults: telemetryErrors.total() };
}

function titleOf(model: string): string {
  return `  ${printable(model)}`;
}

/** Unknown is left out. */
function inBlock([name, text]: Line): string | undefined {
  return text === undefined ? undefined : `    ${name.padEnd(24)}${text}`;
}

function beside([name, text]: Line): string | undefined {
  return text === undefined ? undefined : `  ${name.padEnd(26)}${text}`;
}
