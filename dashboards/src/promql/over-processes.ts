import { type CatalogueRow, type CounterRow, catalogue, type GaugeRow } from "@aiwatch/core";
import { recorded, selectRecorded } from "../rules/recorded.ts";
import { outside } from "./outside-series.ts";
import { chosen, now, orNone } from "./panel-queries.ts";
import { ofProcess, once, type Scope, select, type TargetLabel } from "./select.ts";
import { averageBy, countBy, groupBy, maxBy, ratio, sumBy, type Vector, zeroWithout } from "./vector.ts";

/** A value of each process. */
export type OfProcesses = Vector<(typeof ofProcess)[number]>;

/** What was chosen of jobs, whichever instances of them. */
const { instance: _, model: __, ...inJobs } = chosen as Required<Scope>;

/** Every app has this gauge from its start, traffic or not: it tells which processes there are. */
const presence = catalogue.activeRequests;

/** Rules that keep no namespace know of a target all the same. */
const inAnySurroundings = { cluster: orNone("cluster"), namespace: orNone("namespace") } as const;

const showedWithin = (range: string) => `present_over_time(${select(presence, { scope: inJobs, range }).promql})`;

/**
 * What limits targets to those of AIWatch, since with every job other programs' are chosen, too: of jobs with its metrics within a time, or with targets
 * that showed them before, without the targets that answer and never did.
 */
function ofOurs(range: string): string {
  const strangers = `${selectRecorded(recorded.lastShown, chosen, inAnySurroundings).promql} == 0`;
  const seen = `${selectRecorded(recorded.lastShown, inJobs, inAnySurroundings).promql} > 0 or ${showedWithin(range)}`;
  return `unless on (job, instance) ${strangers} and on (job) ${groupBy({ promql: seen, labels: ["job"] }, "job").promql}`;
}

/** Whether Prometheus reaches each target, 1 or 0. */
const targets = (): OfProcesses => once({ ...select(outside.up, { scope: chosen }), labels: ofProcess });

/** The same of AIWatch's processes, of jobs that served its metrics within the hour. */
export const reached = (): OfProcesses => ({ promql: `${targets().promql} ${ofOurs("1h")}`, labels: ofProcess });

/** Processes that Prometheus does not reach, of jobs that served AIWatch's metrics within a day; nothing where it knows of no process. */
export function unreachable(): Vector<never> {
  const ours = ofOurs("1d");
  const down = { promql: `${targets().promql} == 0 ${ours}`, labels: ofProcess };
  return zeroWithout(countBy(down), { promql: `${targets().promql} ${ours}`, labels: ofProcess });
}

/** Processes that answer Prometheus. In a store that has no process's own series, as many as the rules counted. */
export function processCount(): Vector<never> {
  const own = countBy(select(presence, { scope: chosen }));
  const counted = sumBy(once(selectRecorded(recorded.processes, chosen)));
  return { promql: `${own.promql} or ${counted.promql} unless count(${showedWithin("5m")})`, labels: [] };
}

/**
 * What is of processes with AIWatch, of metrics that other programs have as well: where every job is chosen, theirs are chosen too.
 */
export function ours<Label extends string>({
  promql,
  labels,
}: Vector<Label | TargetLabel>): Vector<Label | TargetLabel> {
  const here = select(presence, { scope: chosen });
  return { promql: `${promql} and on (job, instance) ${here.promql}`, labels };
}

const ofCatalogue: ReadonlySet<string> = new Set(Object.values(catalogue).map(({ name }) => name));

/** Whether other programs have the metric, too. */
export const isShared = ({ name }: CatalogueRow): boolean => !ofCatalogue.has(name);

/** A gauge's value in each process with AIWatch. */
export function inEach(row: GaugeRow): OfProcesses {
  return isShared(row) ? ours({ ...select(row, { scope: chosen }), labels: ofProcess }) : now(row, ...ofProcess);
}

/** The mean of a gauge in each process over each step's window: what is read between two scrapes is seldom idle or busy throughout. */
export function meanInEach(row: GaugeRow): OfProcesses {
  const { promql, labels } = select(row, { scope: chosen, range: "$__rate_interval" });
  return sumBy({ promql: `avg_over_time(${promql})`, labels }, ...ofProcess);
}

/**
 * How many series have at most each bound, as a histogram's buckets: a heatmap of a thousand processes from a dozen series. Bounds that none
 * reaches are 0, not absent: Grafana subtracts the buckets step by step.
 */
export function distribution(vector: Vector, bounds: readonly number[]): Vector<"le"> {
  const atMost = (bound: string) => `label_replace(sum((${vector.promql}) <= bool ${bound}), "le", "${bound}", "", "")`;
  const buckets = [...bounds.map(String).map(atMost), atMost("+Inf")];
  return { promql: buckets.join(" or "), labels: ["le"] };
}

/** How many times as much as the mean process the busiest has: 1 where all have the same, their number where one has all. */
export const unevenness = (vector: OfProcesses): Vector<never> => ratio(maxBy(vector), averageBy(vector));

/** How often each process began anew in a range: its counters fell. */
export function restarts(row: CounterRow, range: string): OfProcesses {
  const { promql, labels } = select(row, { scope: chosen, range });
  return maxBy({ promql: `resets(${promql})`, labels }, ...ofProcess);
}
