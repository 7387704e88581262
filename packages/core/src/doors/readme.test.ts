import { createServer, type RequestListener, type Server } from "node:http";
import { snippetOf } from "@aiwatch/testkit";
import { createAdaptorServer } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { expect, it } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import { serveWith } from "../test-support/served-app.ts";
import { aiwatchExpress } from "./express.ts";
import { aiwatchFastify } from "./fastify.ts";
import { aiwatchHono } from "./hono.ts";
import { aiwatchNode } from "./node.ts";

const readme = new URL("../../README.md", import.meta.url);
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

/** Runs the README's snippet that holds `text`, without its imports, with these names. @returns its last expression */
async function run(text: RegExp, names: Record<string, unknown>): Promise<unknown> {
  const code = (await snippetOf(readme, text)).replace(/^import .*$/gm, "").trim();
  return AsyncFunction(...Object.keys(names), `return ${code}`)(...Object.values(names));
}

const options = { userOf: () => "ada" };
const doors: [string, (aiwatch: Aiwatch) => Promise<Server>][] = [
  [
    "Express",
    async (aiwatch) => {
      const app = express();
      await run(/app\.use\(aiwatchExpress\(aiwatch, options/, { app, aiwatch, aiwatchExpress, options });
      app.get("/users/:id", (_req, res) => void res.send("user"));
      return createServer(app);
    },
  ],
  [
    "Fastify",
    async (aiwatch) => {
      const app = fastify();
      await run(/register\(aiwatchFastify/, { app, aiwatch, aiwatchFastify, options });
      app.get("/users/:id", async () => "user");
      await app.ready();
      return app.server;
    },
  ],
  [
    "Hono",
    async (aiwatch) => {
      const app = new Hono();
      await run(/app\.use\(aiwatchHono/, { app, aiwatch, aiwatchHono, options });
      app.get("/users/:id", (c) => c.text("user"));
      return createAdaptorServer({ fetch: app.fetch }) as Server;
    },
  ],
  [
    "node:http",
    async (aiwatch) => {
      const listener: RequestListener = (_req, res) => res.end("user");
      const templateOf = () => "/users/:id";
      const names = { createServer, aiwatchNode, listener, aiwatch, options, templateOf };
      return (await run(/createServer\(aiwatchNode/, names)) as Server;
    },
  ],
];

it.each(doors)("the README's door of %s observes", async (_name, build) => {
  const app = await serveWith(build);
  expect(await (await fetch(`${app.url}/users/42`)).text()).toBe("user");
  expect(await app.settled(1)).toMatchObject([{ route: "/users/:id", status: 200, user: "ada" }]);
});
