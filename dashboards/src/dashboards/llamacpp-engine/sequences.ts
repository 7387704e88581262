import { catalogue } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { perSecondUnitOf, ratioUnit, unitOf } from "../../panels/units.ts";
import { perSecond } from "../../promql/counters.ts";
import { now } from "../../promql/gauges.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { acceptedDrafts, noDrafts } from "./drafts.ts";

const { sequences, speculativeTokens } = catalogue;

const streams = timeSeries({
  title: "Sequences over time",
  description: describe("Sequences that are in use and that are left, by model.", sequences),
  unit: unitOf(sequences),
  stacked: true,
  queries: [{ vector: now(sequences, "state", "model"), legend: "{{state}} {{model}}" }],
  noValue: "Unknown",
  width: 8,
});

const drafted = timeSeries({
  title: "Drafted tokens",
  description: describe("Tokens per second that were drafted, by what became of them.", speculativeTokens),
  unit: perSecondUnitOf(speculativeTokens),
  axis: "tokens/s",
  stacked: true,
  queries: [{ vector: sumBy(perSecond(speculativeTokens), "outcome"), legend: "{{outcome}}" }],
  noValue: noDrafts,
  width: 8,
});

const accepted = timeSeries({
  title: "Accepted drafts over time",
  description: describe(
    "The share of drafted tokens that were taken into answers, by model. Where it is low, drafting costs more than it brings.",
    speculativeTokens,
  ),
  unit: ratioUnit,
  queries: [{ vector: acceptedDrafts("model"), legend: "{{model}}" }],
  noValue: noDrafts,
  width: 8,
});

/** What runs side by side, and what is guessed ahead. */
export const sequencesAndDrafts: Row = { title: "Sequences and speculation", panels: [streams, drafted, accepted] };
