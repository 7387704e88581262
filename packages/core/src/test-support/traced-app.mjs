import { once } from "node:events";
import http from "node:http";
import { connect } from "node:net";
import { aiwatchExpress } from "@aiwatch/core/express";
import { aiwatchFastify } from "@aiwatch/core/fastify";
import { aiwatchNode } from "@aiwatch/core/node";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { trace } from "@opentelemetry/api";
import express from "express";
import fastify from "fastify";
import { pinoHttp } from "pino-http";

/** Each door in an app with an OpenTelemetry of its own (`own-sdk.mjs`); prints what was seen of its requests. */
const lines = [];
const seen = [];
const { aiwatch, requests, diagnostics } = createTestAiwatch();
const handle = (path) => seen.push([path, trace.getActiveSpan()?.spanContext().spanId]);

const expressApp = express();
expressApp.set("env", "test");
expressApp.use(aiwatchExpress(aiwatch));
expressApp.use(pinoHttp({}, { write: (line) => lines.push(JSON.parse(line)) }));
expressApp.use(express.json());
expressApp.post("/express/:id", (_req, res) => {
  handle("/express/:id");
  res.send("ok");
});
expressApp.get("/stream", (_req, res) => void res.write("first"));
expressApp.get("/broken", () => {
  throw new Error("broken");
});
const fastifyApp = fastify();
await fastifyApp.register(aiwatchFastify, { aiwatch });
fastifyApp.post("/fastify/:id", async () => {
  handle("/fastify/:id");
  return "ok";
});
await fastifyApp.ready();
const nodeListener = (req, res) => {
  req.resume().on("end", () => {
    handle("/node/:id");
    res.end("ok");
  });
};

async function listen(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return server.address().port;
}
const expressPort = await listen(http.createServer(expressApp));
const fastifyPort = await listen(fastifyApp.server);
const nodePort = await listen(http.createServer(aiwatchNode(nodeListener, aiwatch, { routeOf: () => "/node/:id" })));
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const headers = { "content-type": "application/json", traceparent };
const post = async (port, path) =>
  (await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", headers, body: "{}" })).text();
await post(expressPort, "/express/1");
await post(fastifyPort, "/fastify/1");
await post(nodePort, "/node/1");
await (await fetch(`http://127.0.0.1:${expressPort}/broken`)).text();
await (await fetch(`http://127.0.0.1:${expressPort}/livez`)).text();
const leaver = connect(expressPort, "127.0.0.1");
leaver.write("GET /stream HTTP/1.1\r\nhost: x\r\n\r\n");
await once(leaver, "data");
leaver.destroy();
while (requests.length < 6) await new Promise((resolve) => setTimeout(resolve, 5));
await globalThis.ownSdk.shutdown();
const told = JSON.stringify({ spans: globalThis.ownSdk.spans, requests, diagnostics, lines, seen });
process.stdout.write(told, () => process.exit());
