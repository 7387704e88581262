/**
 * Run as a process of its own: an app of Express whose models are in worker threads and in forked processes, each of which runs this file, too. It writes
 * its port to its output. `TIMEOUT_MS` is how long the members of the cluster wait for each other.
 */
import cluster from "node:cluster";
import { isMainThread } from "node:worker_threads";
import { createAiwatch } from "@aiwatch/core";
import { joinCluster } from "@aiwatch/core/cluster";
import { Registry } from "prom-client";
import { serveModel } from "./model-worker.ts";
import { serveApp } from "./serve-app.ts";

const aiwatch = createAiwatch({
  registry: new Registry(),
  onDiagnostic: ({ what }) => process.stdout.write(`fault ${what}\n`),
});
joinCluster(aiwatch, { timeoutMs: Number(process.env["TIMEOUT_MS"]) });
if (isMainThread && cluster.isPrimary) serveApp(aiwatch);
else await serveModel(aiwatch);
