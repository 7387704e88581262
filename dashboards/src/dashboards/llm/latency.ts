import { catalogue } from "@aiwatch/core";
import { quantile } from "../../promql/histograms.ts";
import type { Row } from "../dashboard.ts";
import { quantiles } from "../quantiles.ts";
import { goodputOverTime } from "../shared/goodput.ts";
import { eventLoopDelays, timesPerToken, tokenGaps } from "../shared/pace.ts";
import { queueTimes } from "../shared/queue.ts";

const { modelLatency, firstTokenLatency } = catalogue;

/** How long answers take, and whether that was good enough. */
export const latency: Row = {
  title: "Latency",
  panels: [
    quantiles({
      title: "Model latency",
      sentence: "How long completed generations take, from the call to the last token.",
      row: modelLatency,
      quantile: (q) => quantile(q, modelLatency, ["model"], { operation: "inference" }),
      width: 12,
    }),
    quantiles({
      title: "Time to first token",
      sentence: "How long a caller waits until the answer begins.",
      row: firstTokenLatency,
      quantile: (q) => quantile(q, firstTokenLatency, ["model"]),
      width: 12,
    }),
    tokenGaps(12),
    eventLoopDelays(12),
    timesPerToken(8),
    queueTimes(8),
    goodputOverTime(8),
  ],
};
