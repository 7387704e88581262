/** A PromQL expression whose result is an instant vector, with the labels that its series have. */
export interface Vector<Label extends string = string> {
  readonly promql: string;
  readonly labels: readonly Label[];
}

/** `operator by (labels) (vector)`; without labels one series is left. A label that the vector lacks is a type error. */
const aggregate =
  (operator: "sum" | "max" | "min" | "avg") =>
  <Label extends string, const By extends readonly Label[]>(vector: Vector<Label>, ...by: By): Vector<By[number]> => {
    const grouping = by.length > 0 ? ` by (${by.join(", ")}) ` : "";
    return { promql: `${operator}${grouping}(${vector.promql})`, labels: by };
  };

export const sumBy = aggregate("sum");
export const maxBy = aggregate("max");
export const minBy = aggregate("min");
export const averageBy = aggregate("avg");

/** `part / whole`, and nothing at all (rather than NaN) where the whole is zero. Both sides have the same labels. */
export function ratio<Label extends string>(part: Vector<Label>, whole: Vector<NoInfer<Label>>): Vector<Label> {
  return { promql: `${part.promql} / (${whole.promql} > 0)`, labels: part.labels };
}

/** Only the series above zero. */
export function aboveZero<Label extends string>(vector: Vector<Label>): Vector<Label> {
  return { promql: `${vector.promql} > 0`, labels: vector.labels };
}
