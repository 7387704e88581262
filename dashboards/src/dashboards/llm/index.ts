import { catalogue } from "@aiwatch/core";
import { dashboard } from "../dashboard.ts";
import { variables } from "../variables.ts";
import { browsers } from "./browsers.ts";
import { errorsAndMemory } from "./errors.ts";
import { inferences } from "./inferences.ts";
import { latency } from "./latency.ts";
import { overview } from "./overview.ts";
import { requests } from "./requests.ts";
import { tokens } from "./tokens.ts";
import { tools } from "./tools.ts";

export const llmDashboard = dashboard({
  uid: "llm-dashboard",
  title: "LLM Performance",
  description: "Latency, tokens, requests and errors of an app that serves language models, as AIWatch measures them.",
  tags: ["llm"],
  variables: variables(catalogue.chatTokens),
  rows: [overview, latency, tokens, inferences, tools, requests, browsers, errorsAndMemory],
});
