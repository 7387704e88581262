import { catalogue } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { unitOf } from "../../panels/units.ts";
import { ratio } from "../../promql/arithmetic.ts";
import { amountPerSecond, mean, observationsPerSecond } from "../../promql/histograms.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { queueTimes } from "../shared/queue.ts";

const { queueTime, promptEval, interTokenLatency, firstTokenLatency } = catalogue;

/** Over the answers that began, as the phases before it: aborted ones count with the tokens they had. */
const decode = ratio(sumBy(amountPerSecond(interTokenLatency)), sumBy(observationsPerSecond(firstTokenLatency)));

const phases = timeSeries({
  title: "Mean time by phase",
  description: describe(
    "Where the time of an answer goes, on average over all chosen models: the wait for the engine, the evaluation of the prompt, and the decode, which is an answer's gaps between tokens added up. Means can be stacked; percentiles cannot.",
    queueTime,
    promptEval,
    interTokenLatency,
    firstTokenLatency,
  ),
  unit: unitOf(queueTime),
  stacked: true,
  queries: [
    { vector: mean(queueTime), legend: "queue" },
    { vector: mean(promptEval), legend: "prompt evaluation" },
    { vector: decode, legend: "decode" },
  ],
  noValue: "No traffic",
  width: 12,
});

/** Where the time goes. */
export const latency: Row = { title: "Latency", panels: [phases, queueTimes(12)] };
