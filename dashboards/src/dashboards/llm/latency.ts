import { catalogue } from "@aiwatch/core";
import { quantile } from "../../promql/histograms.ts";
import type { Row } from "../dashboard.ts";
import { quantiles } from "../quantiles.ts";

const { modelLatency, firstTokenLatency } = catalogue;

/** How long answers take. */
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
  ],
};
