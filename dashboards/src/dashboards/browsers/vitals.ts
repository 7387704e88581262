import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { tile } from "../../panels/numbers.ts";
import { describe, type Limits, type PanelBuilder } from "../../panels/panel.ts";
import { ratioUnit, unitOf } from "../../panels/units.ts";
import { bucketBound } from "../../promql/bucket-bound.ts";
import { chosen, quantile, recent } from "../../promql/panel-queries.ts";
import { select } from "../../promql/select.ts";
import { ratio, sumBy, type Vector } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";

const { clientWebVital } = catalogue;

type Vital = (typeof clientWebVital.labels.name.values)[number];

interface Judgement {
  readonly name: Vital;
  readonly what: string;
  /** Seconds up to which Google calls the 75th percentile good, and from which it calls it poor. */
  readonly good: number;
  readonly poor: number;
}

/** The limits of web.dev/articles/vitals, in seconds. */
const vitals: readonly Judgement[] = [
  { name: "LCP", what: "largest contentful paint: when the largest part of the page is there", good: 2.5, poor: 4 },
  {
    name: "INP",
    what: "interaction to next paint: how soon the page answers to a click or a key",
    good: 0.2,
    poor: 0.5,
  },
  { name: "FCP", what: "first contentful paint: when the first part of the page is there", good: 1.8, poor: 3 },
  { name: "TTFB", what: "time to first byte: when the server's answer begins", good: 0.8, poor: 1.8 },
];

const limitsOf = ({ good, poor }: Judgement): Limits => ({
  below: "green",
  steps: [
    { from: good, color: "yellow" },
    { from: poor, color: "red" },
  ],
});

const judged = ({ what, good, poor }: Judgement) =>
  `The time that 75 % of page views stay under, ${what}. By Google's limits it is good up to ${good} s and poor from ${poor} s on.`;

const noValue = "Nothing reported";

const now = (vital: Judgement) =>
  tile({
    title: `${vital.name} p75`,
    description: describe(judged(vital), clientWebVital),
    unit: unitOf(clientWebVital),
    queries: [{ vector: recent.quantile(0.75, clientWebVital, [], { name: vital.name }), legend: vital.name }],
    limits: limitsOf(vital),
    noValue: "None",
    width: 2,
  });

/** One tile for each vital, in its colour. */
export const vitalTiles = (): PanelBuilder[] => vitals.map(now);

const overTime = (vital: Judgement) =>
  timeSeries({
    title: `${vital.name} p75 over time`,
    description: describe(`${judged(vital)} The dashed lines are these limits.`, clientWebVital),
    unit: unitOf(clientWebVital),
    queries: [{ vector: quantile(0.75, clientWebVital, [], { name: vital.name }), legend: `${vital.name} p75` }],
    limits: limitsOf(vital),
    noValue,
    width: 6,
  });

function rateOf(name: Vital, within?: number): Vector<never> {
  const options = { scope: chosen, matchers: { name }, range: "$__rate_interval" } as const;
  const series =
    within === undefined
      ? select(clientWebVital, { ...options, suffix: "_count" })
      : select(clientWebVital, { ...options, suffix: "_bucket", bound: bucketBound(clientWebVital, within) });
  return sumBy({ promql: `rate(${series.promql})`, labels: [] });
}

const goodViews = timeSeries({
  title: "Good page views",
  description: describe(
    "The share of page views whose vital is good by Google's limits: LCP up to 2.5 s, INP up to 0.2 s, FCP up to 1.8 s, TTFB up to 0.8 s. From 75 % on, the dashed line, Google calls the page good.",
    clientWebVital,
  ),
  unit: ratioUnit,
  queries: vitals.map(({ name, good }) => ({ vector: ratio(rateOf(name, good), rateOf(name)), legend: name })),
  limits: { below: "yellow", steps: [{ from: 0.75, color: "green" }] },
  noValue,
  width: 24,
});

/** How the page feels before anybody asks anything. */
export const webVitals: Row = { title: "Web vitals", panels: [...vitals.map(overTime), goodViews] };
