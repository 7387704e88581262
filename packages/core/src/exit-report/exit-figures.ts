import type { InferenceRecord } from "../inference/record.ts";
import type { Instruments } from "../instruments/instruments.ts";
import type { RequestRecord } from "../request/record.ts";
import { type Line, ModelFigures } from "./model-figures.ts";
import { printable, Tally } from "./tally.ts";

/** What an instance counts beside its records. */
export type Counted = Pick<Instruments, "spansDropped" | "telemetryErrors">;

/** What is kept of an instance until the process ends. It keeps nothing of the instance itself: an app may make many, and close them. */
export class ExitFigures {
  readonly #models = new Map<string, ModelFigures>();
  readonly #requests = new Tally();
  readonly #errors = new Tally();
  readonly #spansLost: () => number;
  readonly #faults: () => number;

  constructor({ spansDropped, telemetryErrors }: Counted) {
    this.#spansLost = sinceNow(spansDropped.reader());
    this.#faults = sinceNow(telemetryErrors.reader());
  }

  addInference(model: string, record: InferenceRecord): void {
    const figures = this.#models.get(model) ?? new ModelFigures();
    this.#models.set(model, figures);
    figures.add(record);
  }

  addRequest({ failure, aborted }: RequestRecord): void {
    const broken = failure === undefined ? "answered" : "failed";
    this.#requests.add(aborted ? "aborted" : broken);
  }

  addFailure({ failure }: { readonly failure?: { readonly type: string } }): void {
    if (failure !== undefined) this.#errors.add(failure.type);
  }

  /** `undefined` where nothing was seen. */
  text(): string | undefined {
    const models = [...this.#models].flatMap(([model, figures]) => [titleOf(model), ...figures.lines().map(inBlock)]);
    const others: Line[] = [
      ["requests", () => this.#requests.describe()],
      ["errors", () => this.#errors.describe()],
      ["spans lost", () => shownCount(this.#spansLost())],
      ["faults of AIWatch's own", () => shownCount(this.#faults())],
    ];
    const lines = [...models, ...others.map(beside)].filter((line) => line !== undefined);
    return lines.length === 0 ? undefined : `AIWatch, at exit\n${lines.join("\n")}\n`;
  }
}

/** What another instance on the same registry counted before is not this one's. */
function sinceNow(read: () => number): () => number {
  const before = read();
  return () => read() - before;
}

function shownCount(count: number): string | undefined {
  return count > 0 ? String(count) : undefined;
}

function titleOf(model: string): string {
  return `  ${printable(model)}`;
}

function inBlock([name, describe]: Line): string | undefined {
  return lineOf("    ", name.padEnd(24), describe);
}

function beside([name, describe]: Line): string | undefined {
  return lineOf("  ", name.padEnd(26), describe);
}

/** Unknown is left out, and what cannot be told costs no other line. */
function lineOf(indent: string, name: string, describe: Line[1]): string | undefined {
  try {
    const text = describe();
    return text === undefined ? undefined : indent + name + text;
  } catch {
    return undefined;
  }
}
