import type { Vector } from "./vector.ts";

/** `part / whole`, and nothing at all (rather than NaN) where the whole is zero. Both sides have the same labels. */
export function ratio<Label extends string>(part: Vector<Label>, whole: Vector<NoInfer<Label>>): Vector<Label> {
  return { promql: `${part.promql} / (${whole.promql} > 0)`, labels: part.labels };
}

/** Only the series above zero. */
export function aboveZero<Label extends string>(vector: Vector<Label>): Vector<Label> {
  return { promql: `${vector.promql} > 0`, labels: vector.labels };
}
