/** A worker that joined its cluster by one format, whose primary did not join, is asked for `/metrics` by the doors of both. */
import cluster from "node:cluster";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createAiwatch, metricsHandler } from "@aiwatch/core";
import { joinCluster } from "@aiwatch/core/cluster";
import { aiwatchExpress } from "@aiwatch/core/express";
import { aiwatchFastify } from "@aiwatch/core/fastify";
import { aiwatchNode } from "@aiwatch/core/node";
import express from "express";
import fastify from "fastify";

const require = createRequire(import.meta.url);
const required = {
  ...require("@aiwatch/core"),
  ...require("@aiwatch/core/cluster"),
  ...require("@aiwatch/core/express"),
  ...require("@aiwatch/core/fastify"),
  ...require("@aiwatch/core/node"),
};
const formats = {
  import: { joinCluster, metricsHandler, aiwatchExpress, aiwatchFastify, aiwatchNode },
  require: required,
};

if (cluster.isPrimary) cluster.fork();
else {
  const aiwatch = createAiwatch({ onDiagnostic: () => {} });
  formats[process.argv[2]].joinCluster(aiwatch, { timeoutMs: 50 });
  const answers = {};
  for (const [format, doors] of Object.entries(formats)) answers[format] = await ask(doors, aiwatch);
  process.stdout.write(JSON.stringify({ result: answers }), () => process.exit());
}

async function ask(core, aiwatch) {
  const app = express().use(core.aiwatchExpress(aiwatch));
  const plugins = fastify();
  await plugins.register(core.aiwatchFastify, { aiwatch });
  await plugins.ready();
  const listeners = {
    handler: core.metricsHandler(aiwatch),
    express: app,
    fastify: (req, res) => plugins.routing(req, res),
    node: core.aiwatchNode((_req, res) => res.end(), aiwatch),
  };
  const asked = Object.entries(listeners).map(async ([door, listener]) => [door, await statusOf(listener)]);
  return Object.fromEntries(await Promise.all(asked));
}

async function statusOf(listener) {
  const server = createServer(listener);
  await new Promise((resolve) => server.listen({ port: 0, host: "127.0.0.1", exclusive: true }, resolve));
  const response = await fetch(`http://127.0.0.1:${server.address().port}/metrics`);
  return `${response.status} ${await response.text()}`;
}
