import type { Observer } from "../aiwatch/observer.ts";
import { runDue } from "../base/after-turn.ts";
import type { InferenceRecord, ToolRecord } from "../inference/record.ts";
import type { Instruments } from "../instruments/instruments.ts";
import type { RequestRecord } from "../request/record.ts";
import { type Line, ModelFigures, printable, Tally } from "./model-figures.ts";
import { writeToStderr } from "./stderr.ts";

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

/** Unknown is left out, and a line that fails costs no other. */
function lineOf(indent: string, name: string, describe: Line[1]): string | undefined {
  try {
    const text = describe();
    return text === undefined ? undefined : indent + name + text;
  } catch {
    return undefined;
  }
}

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

const kept = new Set<ExitFigures>();

/** An observer whose report is written on stderr when the process exits, `process.exit()` included. A signal that kills it leaves no time for that. */
export function exitReport(...given: ConstructorParameters<typeof ExitReport>): Observer {
  const report = new ExitReport(...given);
  if (kept.size === 0) process.on("exit", writeAll);
  kept.add(report.figures);
  return report;
}

function writeAll(): void {
  // an app can emit the event by itself, and live on
  if (Reflect.get(process, "_exiting") === false) return;
  process.off("exit", writeAll);
  const all = [...kept];
  kept.clear();
  runDue();
  for (const figures of all) write(figures);
}

function write(figures: ExitFigures): void {
  try {
    const text = figures.text();
    if (text !== undefined) writeToStderr(text);
  } catch {
    // nobody is left to hear of a stderr that is closed or full
  }
}
