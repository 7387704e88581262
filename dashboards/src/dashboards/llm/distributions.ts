import { catalogue } from "@aiwatch/core";
import { buckets } from "../../promql/panel-queries.ts";
import type { Row } from "../dashboard.ts";
import { distribution } from "../shared/latency.ts";

const { requestFirstToken, firstTokenLatency, interTokenLatency, modelLatency, promptTokens, outputTokens } = catalogue;

const generations = buckets(modelLatency, { operation: "inference" });

/** Where single answers lie, which percentiles hide. */
export const distributions: Row = {
  title: "Distributions",
  panels: [
    distribution("First token from the arrival", requestFirstToken, "How long readers waited for the first token.", 8),
    distribution("Time to first token", firstTokenLatency, "How long the models took to begin.", 8),
    distribution("Inter-token latency", interTokenLatency, "How long the gaps between tokens were.", 8),
    distribution("Model latency", modelLatency, "How long completed generations took.", 8, generations),
    distribution("Prompt size", promptTokens, "How many tokens prompts had.", 8),
    distribution("Answer size", outputTokens, "How many tokens inferences generated.", 8),
  ],
};
