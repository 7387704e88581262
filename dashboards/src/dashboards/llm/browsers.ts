import { catalogue, type HistogramRow } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { unitOf } from "../../panels/units.ts";
import { quantile } from "../../promql/histograms.ts";
import type { Row } from "../dashboard.ts";

const { clientFirstToken, clientResponse, clientWebVital } = catalogue;

const noValue = "Nothing reported";

const seen = (title: string, row: HistogramRow, sentence: string) =>
  timeSeries({
    title,
    description: describe(`${sentence} The median and the 95th percentile.`, row),
    unit: unitOf(row),
    queries: [0.5, 0.95].map((q) => ({ vector: quantile(q, row, []), legend: `p${q * 100}` })),
    noValue,
    width: 8,
  });

const vitals = timeSeries({
  title: "Web vitals p75",
  description: describe(
    "The time that 75 % of page views stay under, which is how web vitals are judged, by vital.",
    clientWebVital,
  ),
  unit: unitOf(clientWebVital),
  queries: [{ vector: quantile(0.75, clientWebVital, ["name"]), legend: "{{name}}" }],
  noValue,
  width: 8,
});

/** What the app's users saw, where the app takes their reports. */
export const browsers: Row = {
  title: "Browsers",
  panels: [
    seen("First token in the browser", clientFirstToken, "How long a reader waits until the answer begins."),
    seen("Response in the browser", clientResponse, "How long a reader waits until the answer is whole."),
    vitals,
  ],
};
