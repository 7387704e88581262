import { catalogue } from "@aiwatch/core";
import { dashboard } from "../dashboard.ts";
import { variables } from "../variables.ts";
import { generation } from "./generation.ts";
import { inferences } from "./inferences.ts";
import { latency } from "./latency.ts";
import { overview } from "./overview.ts";
import { prompt } from "./prompt.ts";
import { settings } from "./settings.ts";

export const llamacppDashboard = dashboard({
  uid: "llamacpp-dashboard",
  title: "llama.cpp Performance",
  description: "Speed, latency by phase, prompt evaluation and settings of llama.cpp models, as AIWatch measures them.",
  tags: ["llama.cpp"],
  variables: variables(catalogue.contextSize),
  rows: [overview, latency, generation, prompt, inferences, settings],
});
