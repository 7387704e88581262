import type { Exemplar, Sample } from "../instruments/metric.ts";
import { ExactSum } from "./exact-sum.ts";

/** A sample that was added up before, with what rounding took from it. */
export interface SummedSample extends Sample {
  readonly rest?: number;
}

/** One series of several processes. */
export class Total {
  readonly #first: Sample;
  readonly #sum = new ExactSum();
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #exemplar: Exemplar | undefined;

  constructor(first: Sample) {
    this.#first = first;
  }

  add({ value, rest = 0, exemplar }: SummedSample): void {
    this.#sum.add(value);
    this.#sum.add(rest);
    this.#count += 1;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    if (exemplar && exemplar.timestamp > (this.#exemplar?.timestamp ?? 0)) this.#exemplar = exemplar;
  }

  /** By the rule that the metric's `aggregator` names. */
  by(rule: Rule): SummedSample {
    const { labels, metricName } = this.#first;
    const rest = rule === "sum" ? this.#sum.rest : 0;
    return {
      labels,
      ...(metricName !== undefined && { metricName }),
      value: this.#value(rule),
      ...(rest !== 0 && { rest }),
      ...(this.#exemplar && { exemplar: this.#exemplar }),
    };
  }

  #value(rule: Rule): number {
    switch (rule) {
      case "sum":
        return this.#sum.value;
      case "average":
        return this.#sum.value / this.#count;
      case "min":
        return this.#min;
      case "max":
        return this.#max;
      case "first":
        return this.#first.value;
      default:
        return rule satisfies never;
    }
  }
}

/** prom-client's aggregators, but for `omit`. */
const rules = ["sum", "average", "min", "max", "first"] as const;
export type Rule = (typeof rules)[number];

export function isRule(name: string): name is Rule {
  return (rules as readonly string[]).includes(name);
}
