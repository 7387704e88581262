import { catalogue, type HistogramRow } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { heatmap } from "../../panels/heatmap.ts";
import { bars, tile } from "../../panels/numbers.ts";
import { describe, describeGrowth } from "../../panels/panel.ts";
import { eventsPerSecondUnit, perSecondUnitOf, ratioUnit, unitOf } from "../../panels/units.ts";
import {
  buckets,
  grown,
  mean,
  observationsPerSecond,
  perSecond,
  perSecondInStep,
  perSecondOfRecent,
  quantile,
  recent,
  visible,
} from "../../promql/panel-queries.ts";
import { aboveZero, atMost, largest, ratio, sumBy } from "../../promql/vector.ts";
import { dashboard, type Row } from "../dashboard.ts";
import { variables } from "../variables.ts";
import { vitalTiles, webVitals } from "./vitals.ts";

const { clientFirstToken, clientResponse, clientAnswers, clientSpans, clientWebVital } = catalogue;
const { requestFirstToken, firstTokenLatency, errors } = catalogue;

const nothing = "Nothing reported";

const waitTile = (title: string, row: HistogramRow, sentence: string, noValue: string) =>
  tile({
    title,
    description: describe(sentence, row),
    unit: unitOf(row),
    queries: [{ vector: recent.quantile(0.95, row, []), legend: title }],
    noValue,
    width: 4,
  });

const failures = tile({
  title: "Errors of browsers",
  description: describeGrowth(
    "Errors that pages reported, per second. 0 is good; people who reload a page in despair are in no other figure.",
    errors,
  ),
  unit: perSecondUnitOf(errors),
  queries: [{ vector: perSecondOfRecent(sumBy(recent.grown(errors, { operation: "client" }))), legend: "Errors" }],
  limits: { below: "green", steps: [{ from: 0.001, color: "yellow" }] },
  noValue: nothing,
  width: 4,
});

/** What people see, in one line. */
export const overview: Row = {
  title: "Overview",
  panels: [
    waitTile(
      "First token, browser p95",
      clientFirstToken,
      "How long 95 % of readers wait at most until the answer begins, from the click. Beside it is what the server knows of that.",
      nothing,
    ),
    waitTile(
      "First token, server p95",
      requestFirstToken,
      "How long 95 % of the requests wait at most for their first token, from their arrival. What the browser's figure has more is the network, a proxy that buffers, or the page.",
      "No first token",
    ),
    waitTile(
      "Whole answer, browser p95",
      clientResponse,
      "How long 95 % of readers wait at most until the answer is whole, from the click. It grows with the answers.",
      nothing,
    ),
    failures,
    ...vitalTiles(),
  ],
};

const percentiles = (q: number) =>
  timeSeries({
    title: `First token p${q * 100}: browser and server`,
    description: describe(
      "What readers see, what the server knows of it from the arrival on, and the model's part. The lines follow each other where all is well. Browser above server: the network, a proxy that buffers, a slow page. Server above model: the app's own queue. Not every browser reports, so compare the courses, not the last digit.",
      clientFirstToken,
      requestFirstToken,
      firstTokenLatency,
    ),
    unit: unitOf(clientFirstToken),
    queries: [
      { vector: quantile(q, clientFirstToken, []), legend: "in the browser" },
      { vector: quantile(q, requestFirstToken, []), legend: "from the arrival" },
      { vector: quantile(q, firstTokenLatency, []), legend: "from the model's call" },
    ],
    noValue: nothing,
    width: 8,
  });

const means = timeSeries({
  title: "Mean first token: browser and server",
  description: describe(
    "The same three as means, which may be subtracted: the distance between two lines is what that stretch takes on average. It says most where every browser reports.",
    clientFirstToken,
    requestFirstToken,
    firstTokenLatency,
  ),
  unit: unitOf(clientFirstToken),
  queries: [
    { vector: mean(clientFirstToken), legend: "in the browser" },
    { vector: mean(requestFirstToken), legend: "from the arrival" },
    { vector: mean(firstTokenLatency), legend: "from the model's call" },
  ],
  noValue: nothing,
  width: 8,
});

const coverage = timeSeries({
  title: "Answers that browsers reported",
  description: describe(
    "First tokens that browsers reported over those that the server gave, within five minutes each: reports come later than the tokens. Near 100 % is good; where it is low, the panels of this board speak of a few readers, and where it falls, a page does not report any more.",
    clientFirstToken,
    requestFirstToken,
  ),
  unit: ratioUnit,
  queries: [
    {
      vector: atMost(
        ratio(sumBy(observationsPerSecond(clientFirstToken)), sumBy(observationsPerSecond(requestFirstToken))),
        1,
      ),
      legend: "reported",
    },
  ],
  noValue: "No traffic",
  width: 8,
}).interval("5m");

const spreadOf = (title: string, row: HistogramRow, sentence: string) =>
  heatmap({
    title,
    description: describe(
      `${sentence} A second band far above the first are readers who have another path, such as a slow network.`,
      row,
    ),
    boundsUnit: unitOf(row),
    axis: "seconds, up to",
    buckets: buckets(row),
    noValue: nothing,
    width: 8,
  });

/** Who waits, and for what. */
export const firstTokens: Row = {
  title: "First token: the reader's and the server's",
  panels: [
    percentiles(0.5),
    percentiles(0.95),
    means,
    coverage,
    spreadOf("First tokens in browsers", clientFirstToken, "First tokens by how long the reader waited for them."),
    spreadOf("Whole answers in browsers", clientResponse, "Answers by how long the reader waited for their end."),
  ],
};

const errorRate = timeSeries({
  title: "Errors of browsers over time",
  description: describeGrowth(
    "Errors per second that pages reported, by type: the ten that are most. `network` and `timeout` are the way to the server, `render` is the page itself.",
    errors,
  ),
  unit: perSecondUnitOf(errors),
  queries: [
    { vector: largest(10, perSecondInStep(sumBy(grown(errors, { operation: "client" }), "type"))), legend: "{{type}}" },
  ],
  noValue: nothing,
  width: 8,
});

const errorCounts = bars({
  title: "Error counts of browsers",
  description: describeGrowth(
    "Errors in the visible time range that pages reported, by type. Prometheus extrapolates to the range's ends: a count may be off by one.",
    errors,
  ),
  unit: unitOf(errors),
  queries: [{ vector: aboveZero(sumBy(visible.grown(errors, { operation: "client" }), "type")), legend: "{{type}}" }],
  noValue: "None",
  width: 8,
});

const reports = timeSeries({
  title: "Reports of browsers",
  description: describe(
    "Reports per second: first tokens, whole answers, web vitals. They come as long as the app takes them by `clientReports` and its pages send them.",
    clientFirstToken,
    clientResponse,
    clientWebVital,
  ),
  unit: eventsPerSecondUnit,
  queries: [
    { vector: sumBy(observationsPerSecond(clientFirstToken)), legend: "first tokens" },
    { vector: sumBy(observationsPerSecond(clientResponse)), legend: "whole answers" },
    { vector: sumBy(observationsPerSecond(clientWebVital)), legend: "web vitals" },
  ],
  noValue: nothing,
  width: 8,
});

const ends = timeSeries({
  title: "Answers in browsers by their end",
  description: describe(
    "Answers per second as they ended for their readers. `left` are readers who saw no text: they are in no other panel of this board. `failed` are those that broke.",
    clientAnswers,
  ),
  unit: perSecondUnitOf(clientAnswers),
  queries: [{ vector: sumBy(perSecond(clientAnswers), "outcome"), legend: "{{outcome}}" }],
  noValue: nothing,
  width: 12,
});

const spans = timeSeries({
  title: "Spans of browsers",
  description: describe(
    "Spans per second that pages sent, by what became of them. `unknown_trace` is what another process answered, what came too late or what somebody made up; `no_exporter` is an app without tracing.",
    clientSpans,
  ),
  unit: perSecondUnitOf(clientSpans),
  queries: [{ vector: sumBy(perSecond(clientSpans), "outcome"), legend: "{{outcome}}" }],
  noValue: nothing,
  width: 12,
});

/** How it ended for those who read. */
export const endings: Row = { title: "How answers ended in browsers", panels: [ends, spans] };

/** What goes wrong where nobody else sees it. */
export const troubles: Row = { title: "Errors and reports of browsers", panels: [errorRate, errorCounts, reports] };

export const browsersDashboard = dashboard({
  uid: "aiwatch-browsers",
  title: "AIWatch: browsers",
  description: "What readers see: first token, whole answer, web vitals and errors, as their browsers reported them.",
  tags: ["browsers"],
  variables: variables(catalogue.chatTokens),
  rows: [overview, firstTokens, endings, webVitals, troubles],
});
