import { catalogue, type HistogramRow } from "@aiwatch/core";
import { knownSeries } from "../checks/unknown-names.ts";
import { surroundings } from "../promql/select.ts";
import { type Slo, slos } from "./recorded.ts";

/** What the rules can be made with. */
export interface RulesOptions {
  /**
   * A first token is good within so many seconds from its request's arrival: a bucket bound of `genai_app_request_first_token_seconds`.
   * @default 2
   */
  readonly ttftSeconds?: number;
  /** An answer is good with at most so many seconds a token: a bucket bound of `genai_app_time_per_output_token_seconds`. @default 0.1 */
  readonly tpotSeconds?: number;
  /**
   * The part of events that has to be good, above 0.931 and below 1.
   * @default { first_token: 0.95, tpot: 0.95, inference_errors: 0.99, http_errors: 0.99 }
   */
  readonly objectives?: Readonly<Partial<Record<Slo, number>>>;
  /** The folder of the runbooks, as the alerts link to it. @default AIWatch's own */
  readonly runbookBase?: string;
  /**
   * Labels that say, beside `job`, whose a series is: `["namespace"]` in Kubernetes, `["cluster", "namespace"]` where one Prometheus sees several clusters. Every
   * recorded series and alert keeps them; without, two jobs of one name are one. A series that lacks one is treated as usual.
   * @default none
   */
  readonly by?: readonly string[];
}

export interface CheckedOptions {
  readonly ttftSeconds: number;
  readonly tpotSeconds: number;
  readonly objectives: Readonly<Record<Slo, number>>;
  readonly runbookBase: string;
  readonly by: readonly string[];
}

/** Where a fork has its own runbooks, this is the one place to change. */
const runbookBase = "https://github.com/aiwatch/aiwatch/blob/main/docs/guide/runbooks";

const defaults: CheckedOptions = {
  ttftSeconds: 2,
  tpotSeconds: 0.1,
  objectives: { first_token: 0.95, tpot: 0.95, inference_errors: 0.99, http_errors: 0.99 },
  runbookBase,
  by: [],
};

/** At 14.4 times the budget a lower one wants more than all events to be bad: such a burn can never page. */
const lowestObjective = 0.931;

/** An option that no rules can be made with. Its message quotes the value and says what it may be. */
export class RulesOptionError extends RangeError {
  readonly code = "AIWATCH_INVALID_RULES_OPTION";
  override readonly name = "RulesOptionError";
}

/** @throws RulesOptionError */
export function checkOptions(options: RulesOptions): CheckedOptions {
  const { ttftSeconds = defaults.ttftSeconds, tpotSeconds = defaults.tpotSeconds } = options;
  assertBound("ttftSeconds", ttftSeconds, catalogue.requestFirstToken);
  assertBound("tpotSeconds", tpotSeconds, catalogue.timePerOutputToken);
  const base = options.runbookBase ?? defaults.runbookBase;
  assertAddress(base);
  const { by = defaults.by } = options;
  assertLabels(by);
  return { ttftSeconds, tpotSeconds, objectives: objectivesOf(options), runbookBase: base.replace(/\/+$/, ""), by };
}

function assertBound(option: string, value: number, { name, bounds }: HistogramRow): void {
  if (bounds.includes(value)) return;
  throw new RulesOptionError(`${option} is ${value}, expected a bucket bound of ${name}: ${bounds.join(", ")}`);
}

function assertAddress(base: string): void {
  if (URL.canParse(base) && /^https?:/.test(base)) return;
  throw new RulesOptionError(`runbookBase is ${JSON.stringify(base)}, expected an address that begins with https://`);
}

function objectivesOf({ objectives = {} }: RulesOptions): Record<Slo, number> {
  for (const [slo, ratio] of Object.entries(objectives)) assertObjective(slo, ratio);
  return { ...defaults.objectives, ...objectives };
}

function assertObjective(slo: string, ratio: number): void {
  if (!slos.some((known) => known === slo)) {
    throw new RulesOptionError(`objectives has ${JSON.stringify(slo)}, expected one of ${slos.join(", ")}`);
  }
  if (ratio > lowestObjective && ratio < 1) return;
  const why = `above ${lowestObjective}, else 14.4 times its budget is more than 100 % and it can never page, and below 1`;
  throw new RulesOptionError(`objectives.${slo} is ${ratio}, expected a ratio ${why}`);
}

/** Labels with a meaning in the rules: that of the scrape, of AIWatch's metrics, of a bucket, of an alert. */
const taken: ReadonlySet<string> = new Set(
  [...knownSeries.values()].flat().filter((label) => !(surroundings as readonly string[]).includes(label)),
);

function assertLabels(by: readonly string[]): void {
  for (const [index, label] of by.entries()) {
    const fault = labelFault(label) ?? (by.indexOf(label) < index ? "twice: name it once" : undefined);
    if (fault !== undefined) throw new RulesOptionError(`by has ${JSON.stringify(label)} ${fault}`);
  }
}

function labelFault(label: string): string | undefined {
  if (!/^[A-Za-z_]\w*$/.test(label))
    return "which is no label's name: expected letters, digits and _, no digit first, such as namespace";
  if (label.startsWith("__")) return "which no series has: Prometheus drops what begins with __ after relabelling";
  if (taken.has(label)) return "which has a meaning in the rules already: leave it out, or give the label another name";
  return undefined;
}
