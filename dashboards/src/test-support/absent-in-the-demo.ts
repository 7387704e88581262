import { catalogue } from "@aiwatch/core";
import { ownNames } from "./substitute.ts";

/** What a model server says of itself and of its answers: the demo on a llama-server has these. */
export const ofServers: readonly string[] = Object.values(catalogue)
  .map(({ name }) => name)
  .filter((name) => /^genai_app_(model_|llamacpp_)?server_/.test(name));

/** Metrics of which the demo, by what it is, has no series to show. The live test finds a line that is no longer true. */
export const absentInTheDemo: readonly { readonly metric: string; readonly reason: string }[] = [
  { metric: catalogue.toolCalls.name, reason: "the demo gives its model no functions" },
  { metric: catalogue.toolCallDuration.name, reason: "the demo gives its model no functions" },
  { metric: catalogue.speculativeTokens.name, reason: "the demo's sequences have no token predictor" },
  { metric: catalogue.seriesDropped.name, reason: "its panel shows what is above zero, and no label is over its cap" },
  { metric: catalogue.clusterWorkers.name, reason: "the demo is one process" },
  { metric: catalogue.tokenDebt.name, reason: "llama.cpp's counts of tokens are corrected by nobody" },
  { metric: catalogue.vram.name, reason: "the demo computes on the processor" },
  { metric: catalogue.oldestInference.name, reason: "no answer goes on when it is asked" },
  { metric: catalogue.lastTokenAge.name, reason: "no answer goes on when it is asked" },
  ...Object.values(ownNames).map((metric) => ({
    metric,
    reason: "the demo makes no metrics of its own, but prom-client's",
  })),
  ...ofServers.map((metric) => ({ metric, reason: "the demo's model lives in its own process: it asks no server" })),
];

/** What AIWatch's rules record, and the alerts that they raise: a Prometheus without the rules has none of it. */
export const isOfTheRules = (promql: string): boolean => /\b(aiwatch|job\w*):|\bALERTS\{/.test(promql);

/** Alerts that fire or are about to: there are some or none, as it happens. */
export const isOfAlerts = (promql: string): boolean => /^max by \([\w, ]+\) \(ALERTS\{/.test(promql);
