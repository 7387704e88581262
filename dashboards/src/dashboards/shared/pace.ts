import { catalogue } from "@aiwatch/core";
import { quantile } from "../../promql/histograms.ts";
import { quantiles } from "../quantiles.ts";
import { latencyTile } from "./latency-tile.ts";

const { interTokenLatency, eventLoopDelay, timePerOutputToken } = catalogue;

export const tokenGapTile = () =>
  latencyTile("ITL p95", interTokenLatency, "The gap between two tokens that 95 % of them stay under.");

export const timePerTokenTile = () =>
  latencyTile(
    "TPOT p95",
    timePerOutputToken,
    "The mean time per output token that 95 % of completed answers stay under.",
  );

export const eventLoopTile = () =>
  latencyTile(
    "Event-loop delay p95",
    eventLoopDelay,
    "How late 95 % of the timers at most fired while inferences ran. Where this is long, the process stalls and not the model.",
  );

export const tokenGaps = (width: number) =>
  quantiles({
    title: "Inter-token latency",
    sentence:
      "The gaps between tokens, the consumer's own pauses left out. Look at the event-loop delay beside it before you blame the model.",
    row: interTokenLatency,
    quantile: (q) => quantile(q, interTokenLatency, ["model"]),
    width,
  });

/** To be beside the token gaps: what rises in both is a stall of the process. */
export const eventLoopDelays = (width: number) =>
  quantiles({
    title: "Event-loop delay",
    sentence:
      "How late Node's timers fired while inferences ran. What rises here and in the inter-token latency at once is a stall of the process; what rises there alone is the model's.",
    row: eventLoopDelay,
    quantile: (q) => quantile(q, eventLoopDelay, ["instance"]),
    by: "instance",
    exemplar: false,
    width,
  });

export const timesPerToken = (width: number) =>
  quantiles({
    title: "Time per output token",
    sentence:
      "The mean time per token after the first of each completed answer, the app's own callbacks and tools in it.",
    row: timePerOutputToken,
    quantile: (q) => quantile(q, timePerOutputToken, ["model"]),
    width,
  });
