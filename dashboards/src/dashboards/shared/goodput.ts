import { catalogue } from "@aiwatch/core";
import type { Limits } from "../../panels/color.ts";
import { describe } from "../../panels/describe.ts";
import { tile } from "../../panels/tile.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { ratioUnit } from "../../panels/units.ts";
import { goodput } from "../../promql/objectives.ts";

const { sloInferences } = catalogue;

const noValue = "No objectives or no traffic";

const limits: Limits = {
  below: "red",
  steps: [
    { from: 0.9, color: "yellow" },
    { from: 0.99, color: "green" },
  ],
};

export const goodputTile = () =>
  tile({
    title: "Goodput",
    description: describe(
      "The share of inferences that held every objective, all chosen models together. Red below 90 %, yellow below 99 %.",
      sloInferences,
    ),
    unit: ratioUnit,
    queries: [{ vector: goodput(), legend: "Goodput" }],
    limits,
    noValue,
    decimals: 1,
    width: 3,
  });

export const goodputOverTime = (width: number) =>
  timeSeries({
    title: "Goodput over time",
    description: describe("The share of inferences that held every objective, by model.", sloInferences),
    unit: ratioUnit,
    queries: [{ vector: goodput("model"), legend: "{{model}}" }],
    limits,
    noValue,
    width,
  });
