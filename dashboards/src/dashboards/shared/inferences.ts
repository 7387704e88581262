import { catalogue, type GaugeRow } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { tile } from "../../panels/tile.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { perSecond } from "../../promql/counters.ts";
import { now } from "../../promql/gauges.ts";
import { sumBy } from "../../promql/vector.ts";

const { activeInferences, queuedInferences, inferences } = catalogue;

const countTile = (title: string, row: GaugeRow, sentence: string) =>
  tile({
    title,
    description: describe(`${sentence}, all chosen models together.`, row),
    unit: unitOf(row),
    queries: [{ vector: now(row), legend: title }],
    noValue: "No data",
    width: 3,
  });

export const activeInferencesTile = () =>
  countTile("Active inferences", activeInferences, "Inferences that the engine works on now");

export const queuedInferencesTile = () =>
  countTile("Queued inferences", queuedInferences, "Inferences that wait for the engine now");

export const inWork = (width: number) =>
  timeSeries({
    title: "Active and queued inferences",
    description: describe(
      "What the engine works on and what waits for it, by model. Where the queue stays, more comes than the engine can take.",
      activeInferences,
      queuedInferences,
    ),
    unit: unitOf(activeInferences),
    stacked: true,
    queries: [
      { vector: now(activeInferences, "model"), legend: "active {{model}}" },
      { vector: now(queuedInferences, "model"), legend: "queued {{model}}" },
    ],
    noValue: "No data",
    width,
  });

export const endings = (width: number) =>
  timeSeries({
    title: "Inferences by finish reason",
    description: describe(
      "Ended inferences per second by how they ended. `aborted`: the caller went away, which is no error.",
      inferences,
    ),
    unit: perSecondUnitOf(inferences),
    stacked: true,
    queries: [{ vector: sumBy(perSecond(inferences), "finish_reason"), legend: "{{finish_reason}}" }],
    noValue: "No traffic",
    width,
  });
