/** One copy of each package in both formats: the main entry is an ES module, two of the doors and the logger are CommonJS. */
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createAiwatch, currentRequest, startSpan } from "@aiwatch/core";
import { aiwatchFastify } from "@aiwatch/core/fastify";
import { logTo } from "@aiwatch/logging";
import express from "express";
import fastify from "fastify";
import { register } from "prom-client";

const require = createRequire(import.meta.url);
const { aiwatchExpress } = require("@aiwatch/core/express");
const { aiwatchNode } = require("@aiwatch/core/node");
const { createLogger } = require("@aiwatch/logging");
const required = require("@aiwatch/core");

const aiwatch = createAiwatch({ observers: [logTo(createLogger())] });

/** Each request has one inference, begun in either format. */
function answer(core) {
  startSpan("answer").end();
  core.defaultAiwatch().startInference({ model: "tiny" }).end({ unified: "stop" }, { outputTokens: 2 });
  return currentRequest()?.requestId === required.currentCorrelation().requestId ? "one scope" : "two scopes";
}

const app = express();
app.use(aiwatchExpress(aiwatch));
app.get("/express/:id", (_req, res) => res.send(answer(required)));
const plugins = fastify();
await plugins.register(aiwatchFastify, { aiwatch });
plugins.get("/fastify/:id", () => answer({ defaultAiwatch: () => aiwatch }));
const node = aiwatchNode((_req, res) => res.end(answer(required)), aiwatch, { routeOf: () => "/node/:id" });

const servers = [createServer(app), createServer(node)];
const listen = (server) => new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
await Promise.all(servers.map(listen));
const [expressUrl, nodeUrl] = servers.map((server) => `http://127.0.0.1:${server.address().port}`);
const urls = { express: expressUrl, fastify: await plugins.listen({ host: "127.0.0.1", port: 0 }), node: nodeUrl };
const answers = [];
for (const [door, url] of Object.entries(urls)) answers.push(await (await fetch(`${url}/${door}/7`)).text());
await plugins.close();
for (const server of servers) {
  server.closeAllConnections();
  server.close();
}
await aiwatch.close();
process.stdout.write(`${JSON.stringify({ result: { answers, metrics: await register.metrics() } })}\n`);
