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
