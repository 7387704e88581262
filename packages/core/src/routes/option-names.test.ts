import fastify from "fastify";
import { expect, it } from "vitest";
import { diagnosticsHandler } from "../diagnostics/index.ts";
import { aiwatchExpress } from "../doors/express.ts";
import { aiwatchFastify } from "../doors/fastify.ts";
import { aiwatchHono } from "../doors/hono.ts";
import { aiwatchNode } from "../doors/node.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { metricsHandler, routeHandler } from "./handlers.ts";

const { aiwatch } = createTestAiwatch();
const listener = () => undefined;
const names =
  "authorize, public, allowedOrigins, reports, diagnostics, live, routes, userOf, ignore, normalizeRoute, outsideParents";

it.each<[string, (options: object) => unknown, string]>([
  ["Express", (options) => aiwatchExpress(aiwatch, options), names],
  ["Hono", (options) => aiwatchHono(aiwatch, options), names],
  ["node:http", (options) => aiwatchNode(listener, aiwatch, options), `${names}, routeOf`],
  [
    "Fastify",
    (options) => fastify().register(aiwatchFastify, { aiwatch, ...options }),
    `${names}, aiwatch, prefix, logLevel, logSerializers`,
  ],
  ["metricsHandler", (options) => metricsHandler(aiwatch, options), names],
  ["routeHandler", (options) => routeHandler(aiwatch, "health", options), names],
  ["diagnosticsHandler", (options) => diagnosticsHandler(aiwatch, { authorize: () => true, ...options }), names],
])("an option that is spelled wrong is refused by name: %s", async (_name, use, known) => {
  for (const [wrong, value] of [
    ["publc", true],
    ["authorise", () => false],
    ["allowedOrigin", []],
  ] as const) {
    const message = `an option's name is "${wrong}", expected one of ${known}`;
    await expect(async () => use({ [wrong]: value })).rejects.toThrow(
      expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message }),
    );
  }
});

it("what Fastify hands a plugin with its options is no option of ours", async () => {
  const app = fastify();
  await app.register(aiwatchFastify, { aiwatch, prefix: "/below", logLevel: "warn", logSerializers: {} });
  expect((await app.inject("/livez")).statusCode).toBe(200);
});

it("a handler takes the options that an app gave its door", () => {
  expect(routeHandler(aiwatch, "health", { routes: false, userOf: listener } as object)).toBeTypeOf("function");
});
