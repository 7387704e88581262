import type { CatalogueRow } from "@aiwatch/core";

/** What happens to an app, and which alerts fire of it when. */
export interface Case {
  /** What is on both sides of the threshold. */
  readonly name: string;
  /** The alert that it is about. */
  readonly alert: string;
  /** Between two samples. @default "1m" */
  readonly every?: string;
  /** Between two evaluations of the alert. @default "30s" */
  readonly evaluated?: string;
  /** Series with their samples, in promtool's notation: `0+6x30` are 31 samples that grow by 6. */
  readonly series: Readonly<Record<string, string>>;
  /** At a time, all the labels of which the alert fires; no others do. */
  readonly fires?: readonly Firing[];
  /** What the firing alerts say at a time: all of their summaries. */
  readonly says?: readonly Saying[];
  /** What expressions are at a time. */
  readonly values?: readonly Value[];
  /** The labels that the rules keep. @default none */
  readonly by?: readonly string[];
}

interface Saying {
  readonly at: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
}

interface Firing {
  readonly at: string;
  readonly of: readonly Readonly<Record<string, string>>[];
}

interface Value {
  readonly promql: string;
  readonly at: string;
  /** By labels, as PromQL writes them. */
  readonly are: Readonly<Record<string, number>>;
}

type Labels = Readonly<Record<string, string>>;

const labelsText = (labels: Labels) =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(", ")}}`;

/** A series of the one process `a:1` of the job `chat`, unless the labels say otherwise. */
export const named = (name: string, labels: Labels = {}): string =>
  `${name}${labelsText({ job: "chat", instance: "a:1", ...labels })}`;

/** The case in two namespaces, each of which has the same job: the rules keep them apart. */
export function inTwoNamespaces({ series, fires = [], ...one }: Case): Case {
  const both = ["prod", "staging"];
  const named = ([name, samples]: [string, string]) =>
    both.map((namespace) => [name.replace("{", `{namespace="${namespace}", `), samples]);
  return {
    name: one.name,
    alert: one.alert,
    ...(one.every !== undefined && { every: one.every }),
    ...(one.evaluated !== undefined && { evaluated: one.evaluated }),
    by: ["namespace"],
    series: Object.fromEntries(Object.entries(series).flatMap(named)),
    fires: fires.map(({ at, of }) => ({
      at,
      of: of.flatMap((labels) => both.map((namespace) => ({ namespace, ...labels }))),
    })),
  };
}

type Suffix = "" | "_bucket" | "_count" | "_sum";

/** The same of a row, with its labels. */
export const of = <Row extends CatalogueRow>(
  { name }: Row,
  labels: { readonly [Label in keyof Row["labels"] | "job" | "instance" | "le"]?: string } = {},
  suffix: Suffix = "",
): string => named(`${name}${suffix}`, labels as Labels);

/** A histogram with so many observations a sample, of which so many are within the bound. */
export function observed<Row extends CatalogueRow>(
  row: Row,
  labels: Parameters<typeof of<Row>>[1],
  { le, all, within, samples }: { le: string; all: number; within: number; samples: number },
): Record<string, string> {
  return {
    [of(row, labels, "_count")]: `0+${all}x${samples}`,
    [of(row, { ...labels, le } as Parameters<typeof of<Row>>[1], "_bucket")]: `0+${within}x${samples}`,
  };
}
