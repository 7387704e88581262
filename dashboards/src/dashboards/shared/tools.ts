import { catalogue } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { perSecondUnitOf } from "../../panels/units.ts";
import { perSecond } from "../../promql/counters.ts";
import { quantile } from "../../promql/histograms.ts";
import { sumBy } from "../../promql/vector.ts";
import { quantiles } from "../quantiles.ts";

const { toolCalls, toolCallDuration } = catalogue;

export const toolCallRate = (width: number) =>
  timeSeries({
    title: "Tool calls",
    description: describe(
      "Runs per second of the app's functions that a model called, by function and outcome.",
      toolCalls,
    ),
    unit: perSecondUnitOf(toolCalls),
    queries: [{ vector: sumBy(perSecond(toolCalls), "tool", "outcome"), legend: "{{tool}} {{outcome}}" }],
    noValue: "No tools called",
    width,
  });

export const toolCallTimes = (width: number) =>
  quantiles({
    title: "Tool call duration",
    sentence: "How long the app's functions take, while the answer waits for them.",
    row: toolCallDuration,
    quantile: (q) => quantile(q, toolCallDuration, ["tool"]),
    by: "tool",
    noValue: "No tools called",
    width,
  });
