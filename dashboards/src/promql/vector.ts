/** A PromQL expression whose result is an instant vector, with the labels that its series have. */
export interface Vector<Label extends string = string> {
  readonly promql: string;
  readonly labels: readonly Label[];
}

/** `operator by (labels) (vector)`; without labels one series is left. A label that the vector lacks is a type error. */
const aggregate =
  (operator: "sum" | "max" | "min" | "avg" | "count" | "group") =>
  <Label extends string, const By extends readonly Label[]>(vector: Vector<Label>, ...by: By): Vector<By[number]> => {
    const grouping = by.length > 0 ? ` by (${by.join(", ")}) ` : "";
    return { promql: `${operator}${grouping}(${vector.promql})`, labels: by };
  };

export const sumBy = aggregate("sum");
export const maxBy = aggregate("max");
export const minBy = aggregate("min");
export const averageBy = aggregate("avg");
export const countBy = aggregate("count");
export const groupBy = aggregate("group");

/** `part / whole`, and nothing at all (rather than NaN) where the whole is zero. Both sides have the same labels. */
export function ratio<Label extends string>(part: Vector<Label>, whole: Vector<NoInfer<Label>>): Vector<Label> {
  return { promql: `${part.promql} / (${whole.promql} > 0)`, labels: part.labels };
}

/** `whole - part`. Both sides have the same labels. */
export function difference<Label extends string>(whole: Vector<Label>, part: Vector<NoInfer<Label>>): Vector<Label> {
  return { promql: `${whole.promql} - ${part.promql}`, labels: whole.labels };
}

/** No more than the limit: what came later than what it is a part of would make a share above the whole. */
export const atMost = <Label extends string>({ promql, labels }: Vector<Label>, limit: number): Vector<Label> => ({
  promql: `clamp_max(${promql}, ${limit})`,
  labels,
});

/** No less than the limit: one far below would flatten all that a panel shows beside it. */
export const atLeast = <Label extends string>({ promql, labels }: Vector<Label>, limit: number): Vector<Label> => ({
  promql: `clamp_min(${promql}, ${limit})`,
  labels,
});

/** Only the series above zero. */
export function aboveZero<Label extends string>(vector: Vector<Label>): Vector<Label> {
  return { promql: `${vector.promql} > 0`, labels: vector.labels };
}

/** The `count` largest series. Over a range each step has its own, so that lines may begin and end. */
export function largest<Label extends string>(count: number, vector: Vector<Label>): Vector<Label> {
  return { promql: `topk(${count}, ${vector.promql})`, labels: vector.labels };
}

/** The vector, and 0 where it has nothing although its source has series. Where the source has none either, nothing is known. */
export const zeroWithout = (vector: Vector<never>, source: Vector): Vector<never> => ({
  promql: `${vector.promql} or 0 * count(${source.promql})`,
  labels: vector.labels,
});

/** The series of both; where the two have one with the same labels, the first's. */
export function union<Left extends string, Right extends string>(
  first: Vector<Left>,
  second: Vector<Right>,
): Vector<Extract<Left, Right>> {
  const shared = first.labels.filter((label) => (second.labels as readonly string[]).includes(label));
  return {
    promql: `${first.promql} or ${second.promql}`,
    labels: shared as readonly string[] as Extract<Left, Right>[],
  };
}

/**
 * The vector with a label `judgement` that says whether its value keeps the limit: `kept` up to it, `missed` above. A panel colours the
 * series by that, since Grafana's own thresholds take no variable.
 */
export function judged<Label extends string>(
  { promql, labels }: Vector<Label>,
  limit: string,
): Vector<Label | "judgement"> {
  const as = (judgement: string, comparison: string) =>
    `label_replace(${promql} ${comparison} ${limit}, "judgement", "${judgement}", "", "")`;
  return { promql: `${as("kept", "<=")} or ${as("missed", ">")}`, labels: [...labels, "judgement"] };
}

/**
 * The vector with a label written anew in each series where the pattern is all of it.
 * @param pattern a regular expression as Prometheus has them
 * @param text `$1` is the pattern's first group
 */
export const rewritten = <Label extends string>(
  { promql, labels }: Vector<Label>,
  label: NoInfer<Label>,
  pattern: string,
  text: string,
): Vector<Label> => ({
  promql: `label_replace(${promql}, "${label}", "${text}", "${label}", ${JSON.stringify(pattern)})`,
  labels,
});
