import { catalogue } from "@aiwatch/core";
import { quantile } from "../../promql/histograms.ts";
import type { Row } from "../dashboard.ts";
import { quantiles } from "../quantiles.ts";
import { endings, inWork } from "../shared/inferences.ts";

const { promptTokens, outputTokens } = catalogue;

/** How many there are, how they end, and how large they are. */
export const inferences: Row = {
  title: "Inferences",
  panels: [
    endings(12),
    inWork(12),
    quantiles({
      title: "Prompt size",
      sentence: "How many tokens a prompt has, those from the KV cache included.",
      row: promptTokens,
      quantile: (q) => quantile(q, promptTokens, ["model"]),
      width: 12,
    }),
    quantiles({
      title: "Answer size",
      sentence: "How many tokens an inference generates.",
      row: outputTokens,
      quantile: (q) => quantile(q, outputTokens, ["model"]),
      width: 12,
    }),
  ],
};
