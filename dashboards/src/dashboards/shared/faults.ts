import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { bars } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { inRange, now, perSecond } from "../../promql/panel-queries.ts";
import { aboveZero, sumBy } from "../../promql/vector.ts";

const { telemetryErrors, spansDropped, seriesDropped, clusterWorkers, tokenDebt } = catalogue;

export const telemetryFaults = (width: number) =>
  timeSeries({
    title: "Telemetry errors",
    description: describe(
      "AIWatch's own faults per second by part, and spans that never reached the collector. Anything above zero means that other panels, or traces, lack something.",
      telemetryErrors,
      spansDropped,
    ),
    unit: perSecondUnitOf(telemetryErrors),
    queries: [
      { vector: sumBy(perSecond(telemetryErrors), "source"), legend: "{{source}}" },
      { vector: sumBy(perSecond(spansDropped)), legend: "spans dropped" },
    ],
    noValue: "No data",
    width,
  });

export const cappedValues = (width: number) =>
  bars({
    title: "Values over the cap",
    description: describe(
      "Recordings in the visible time range whose label value was put into `other`, by metric, each without `genai_app_`: more models, routes or tools than there may be.",
      seriesDropped,
    ),
    unit: unitOf(seriesDropped),
    queries: [{ vector: aboveZero(sumBy(inRange(seriesDropped), "metric")), legend: "{{metric}}" }],
    noValue: "None",
    namesAbove: true,
    width,
  }).withTransformation({ id: "renameByRegex", options: { regex: "genai_app_(.*)", renamePattern: "$1" } });

export const workersOfClusters = (width: number) =>
  timeSeries({
    title: "Cluster workers",
    description: describe(
      "Workers of a node:cluster by whether they answered the scrape. Where some are silent, their gauges are missing from the other panels and their counters stand still.",
      clusterWorkers,
    ),
    unit: unitOf(clusterWorkers),
    queries: [{ vector: now(clusterWorkers, "state"), legend: "{{state}}" }],
    noValue: "No cluster",
    width,
  });

export const tokensOwed = (width: number) =>
  timeSeries({
    title: "Token debt",
    description: describe(
      "Tokens that a counter showed while an answer went on and that its engine took back in the end, by model and kind: the next tokens pay for them before their counter grows.",
      tokenDebt,
    ),
    unit: unitOf(tokenDebt),
    queries: [{ vector: now(tokenDebt, "kind", "model"), legend: "{{kind}} {{model}}" }],
    colors: "by place",
    noValue: "None",
    width,
  });
