/** A public app, Scalar's mock server, bare and observed: it asks both the same, and tells. */
import { once } from "node:events";
import { aiwatchHono } from "@aiwatch/core/hono";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { serve } from "@hono/node-server";
import { createMockServer } from "@scalar/mock-server";
import { Hono } from "hono";

const item = {
  type: "object",
  properties: { id: { type: "string", example: "7" }, name: { type: "string", example: "ada" } },
};
const ok = { 200: { description: "ok", content: { "application/json": { schema: item } } } };
const id = { name: "id", in: "path", required: true, schema: { type: "string" } };
const document = {
  openapi: "3.1.1",
  info: { title: "Items", version: "1.0.0" },
  paths: {
    "/items": { get: { responses: ok }, post: { responses: { 201: ok[200] } } },
    "/items/{id}": {
      parameters: [id],
      get: { responses: ok },
      delete: { responses: { 204: { description: "gone" } } },
    },
  },
};

async function answersOf(app) {
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  if (!server.listening) await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}`;
  const answers = [];
  for (const [method, path] of [
    ["GET", "/items"],
    ["POST", "/items"],
    ["GET", "/items/7"],
    ["DELETE", "/items/7"],
    ["GET", "/nowhere"],
    ["OPTIONS", "/items"],
    ["GET", "/openapi.json"],
  ]) {
    const response = await fetch(url + path, { method });
    const headers = [...response.headers].filter(([name]) => !/^(date|x-request-id)$/.test(name));
    answers.push([method, path, response.status, headers, await response.text()]);
  }
  await new Promise((resolve) => server.close(resolve));
  return answers;
}

const { aiwatch, requests, sample, diagnostics } = createTestAiwatch();
const bare = await answersOf(await createMockServer({ document }));
const observed = new Hono();
observed.use(aiwatchHono(aiwatch));
observed.route("/", await createMockServer({ document }));
const seen = await answersOf(observed);
const counted = requests.map(({ method, route, status }) => [method, route, status]);
const active = await sample("genai_app_active_requests");
process.stdout.write(JSON.stringify({ bare, seen, counted, active, faults: diagnostics.length }));
