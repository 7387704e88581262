import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { describe } from "../../panels/panel.ts";
import { unitOf } from "../../panels/units.ts";
import { amountPerSecond, mean, observationsPerSecond } from "../../promql/panel-queries.ts";
import { ratio, remainder, sumBy } from "../../promql/vector.ts";
import { nothingMeasured } from "./latency.ts";

const { admissionWait, requestFirstToken, firstTokenLatency, queueTime, promptEval, interTokenLatency } = catalogue;

/** Over the answers that began, as the phases before it: aborted ones count with the tokens they had. */
const decode = ratio(sumBy(amountPerSecond(interTokenLatency)), sumBy(observationsPerSecond(firstTokenLatency)));

const line = mean(admissionWait);
/** From the arrival to the model's call, without the wait in line. */
const before = remainder(mean(requestFirstToken), mean(firstTokenLatency), line);

export const phases = (width: number) =>
  timeSeries({
    title: "Mean time by phase",
    description: describe(
      "Where the time of an answer goes, on average over all chosen models: the app's own line, its own work before the model is called, the wait for the engine, the evaluation of the prompt, and the decode, which is an answer's gaps between tokens added up. Means can be stacked; percentiles cannot.",
      admissionWait,
      requestFirstToken,
      firstTokenLatency,
      queueTime,
      promptEval,
      interTokenLatency,
    ),
    unit: unitOf(queueTime),
    stacked: true,
    queries: [
      { vector: line, legend: "line" },
      { vector: before, legend: "before the model" },
      { vector: mean(queueTime), legend: "queue" },
      { vector: mean(promptEval), legend: "prompt evaluation" },
      { vector: decode, legend: "decode" },
    ],
    noValue: nothingMeasured,
    width,
  });
