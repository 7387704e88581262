import { catalogue } from "@aiwatch/core";
import { dashboard } from "../dashboard.ts";
import { variables } from "../variables.ts";
import { decodes } from "./decodes.ts";
import { kvCache } from "./kv-cache.ts";
import { models } from "./models.ts";
import { overview } from "./overview.ts";
import { sequencesAndDrafts } from "./sequences.ts";

export const engineDashboard = dashboard({
  uid: "llamacpp-engine-dashboard",
  title: "llama.cpp: KV cache and engine",
  description: "KV cache, decodes, sequences, speculation and models of llama.cpp, as AIWatch measures them.",
  tags: ["llama.cpp"],
  variables: variables(catalogue.contextSize),
  rows: [overview, kvCache, decodes, sequencesAndDrafts, models],
});
