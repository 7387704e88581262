import { AiwatchError, invalidArgument } from "../base/errors.ts";
import { secondsBounds } from "../catalogue/bounds.ts";
import type {
  Aggregation,
  CounterDefinition,
  GaugeDefinition,
  HistogramDefinition,
  MetricDefinition,
} from "../catalogue/row.ts";
import { familyName } from "../catalogue/row.ts";
import { readLabels } from "./labels.ts";

/** What an app wrote: TypeScript has looked at it, or nobody has. */
export type GivenOptions = Readonly<Record<string, unknown>>;

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` */
export function defineCounter(given: GivenOptions): CounterDefinition {
  return { type: "counter", ...readCommon("counter", given, []), aggregation: "sum" };
}

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` */
export function defineGauge(given: GivenOptions): GaugeDefinition {
  const common = readCommon("gauge", given, ["aggregation", "read"]);
  const { aggregation = "sum", read } = given;
  if (!isAggregation(aggregation)) {
    throw invalidArgument(`aggregation of ${common.name}`, aggregation, `one of ${aggregations.join(", ")}`);
  }
  if (read !== undefined && typeof read !== "function")
    throw invalidArgument(`read of ${common.name}`, read, "a function");
  return { type: "gauge", ...common, aggregation };
}

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` */
export function defineHistogram(given: GivenOptions): HistogramDefinition {
  const common = readCommon("histogram", given, ["bounds"]);
  return { type: "histogram", ...common, bounds: readBounds(common.name, given["bounds"]), aggregation: "sum" };
}

function readCommon(type: MetricDefinition["type"], given: GivenOptions, further: readonly string[]) {
  const name = readName(type, given["name"]);
  const options = ["name", "help", "labels", ...further];
  const unknown = Object.keys(given).find((option) => !options.includes(option));
  if (unknown !== undefined)
    throw invalidArgument(`an option of the ${type} ${name}`, unknown, `one of ${options.join(", ")}`);
  return { name, help: readHelp(name, given["help"]), labels: readLabels(name, given["labels"]) };
}

const aggregations: readonly Aggregation[] = ["sum", "max", "min", "average", "omit"];

function isAggregation(value: unknown): value is Aggregation {
  return aggregations.some((aggregation) => aggregation === value);
}

function readBounds(name: string, bounds: unknown = secondsBounds): readonly number[] {
  if (Array.isArray(bounds) && bounds.length > 0 && bounds.every(isAbove)) return [...bounds];
  const shown = Array.isArray(bounds) ? bounds.join(", ") : bounds;
  throw invalidArgument(`bounds of ${name}`, shown, "finite numbers of 0 or more, each larger than the one before");
}

function isAbove(bound: unknown, index: number, bounds: readonly unknown[]): boolean {
  if (typeof bound !== "number" || !Number.isFinite(bound) || bound < 0) return false;
  return index === 0 || bound > Number(bounds[index - 1]);
}

const nameLike = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const ours = "genai_app_";
/** What the formats append to the names of others' samples: a metric that is called so could be taken for one. */
const appended = /_(total|bucket|sum|count|created)$/;

/**
 * The metric's name, as both formats can write it.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT`, with what it may be instead
 */
export function readName(type: MetricDefinition["type"], name: unknown): string {
  if (typeof name !== "string" || !nameLike.test(name)) {
    throw invalidArgument(`the name of a ${type}`, name, "letters, digits and _, not beginning with a digit");
  }
  if (name.startsWith(ours)) throw refused(type, name, `${ours} is reserved for AIWatch; begin with your app's name`);
  if (type === "counter" && !name.endsWith("_total")) throw refused(type, name, `call it ${name}_total`);
  const suffix = appended.exec(familyName({ type, name }))?.[0];
  if (suffix !== undefined) throw refused(type, name, `${suffix} is what Prometheus appends by itself; leave it out`);
  return name;
}

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` */
export function readHelp(name: string, help: unknown): string {
  if (typeof help === "string" && help.trim() !== "") return help.toWellFormed();
  throw invalidArgument(`help of ${name}`, help, "what it counts or measures, in words");
}

function refused(type: MetricDefinition["type"], name: string, remedy: string): AiwatchError {
  return new AiwatchError("AIWATCH_INVALID_ARGUMENT", `the name of a ${type} is "${name.slice(0, 80)}": ${remedy}`);
}
