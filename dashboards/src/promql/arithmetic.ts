import type { Vector } from "./vector.ts";

/** `part / whole`, and nothing at all (rather than NaN) where the whole is zero. Both sides have the same labels. */
export function ratio<Label extends string>(part: Vector<Label>, whole: Vector<NoInfer<Label>>): Vector<Label> {
  return { promql: `${part.promql} / (${whole.promql} > 0)`, labels: part.labels };
}

/** `whole - part`, never below zero: two rates are extrapolated apart and may cross by a hair. */
export function rest<Label extends string>(whole: Vector<Label>, part: Vector<NoInfer<Label>>): Vector<Label> {
  return { promql: `clamp_min(${whole.promql} - ${part.promql}, 0)`, labels: whole.labels };
}

/** Only the series above zero. */
export function aboveZero<Label extends string>(vector: Vector<Label>): Vector<Label> {
  return { promql: `${vector.promql} > 0`, labels: vector.labels };
}
