import { readFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { type TestServer, testServer } from "@aiwatch/testkit";
import express from "express";
import { afterEach, describe, expect, it } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { type AiwatchExpressOptions, aiwatchExpress } from "../doors/express.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { routeHandler } from "./handlers.ts";

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(aiwatch: Aiwatch, options: AiwatchExpressOptions = {}) {
  const app = express();
  app.use(aiwatchExpress(aiwatch, options));
  const server = await testServer(app);
  servers.push(server);
  return async (path: string, method = "GET") => {
    const response = await fetch(server.url + path, { method });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true && text !== "";
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : undefined };
  };
}

describe("the health routes", () => {
  it("tell the same of a start, a failure and a drain, each in its shape; the process is alive all the while", async () => {
    const { aiwatch } = createTestAiwatch();
    const ask = await serve(aiwatch);
    let loaded = false;
    aiwatch.health.addCheck("model", () => ({ ok: loaded, detail: loaded ? "tiny" : "still loading" }));
    aiwatch.health.addCheck("disk", () => false, { critical: false });
    const seen = async () => {
      const [livez, readyz, readiness] = await Promise.all(
        ["/livez", "/readyz", "/readiness"].map((path) => ask(path)),
      );
      expect(livez).toMatchObject({ status: 200, body: { status: "ok" } });
      return { readyz: [readyz?.status, readyz?.body.status], readiness: [readiness?.status, readiness?.body.status] };
    };
    expect(await seen()).toEqual({ readyz: [503, "starting"], readiness: [503, "not ready"] });
    loaded = true;
    expect(await seen()).toEqual({ readyz: [200, "degraded"], readiness: [200, "ready"] });
    expect((await ask("/readyz")).body.checks).toEqual({
      model: { ok: true, critical: true, detail: "tiny" },
      disk: { ok: false, critical: false },
    });
    expect((await ask("/readiness")).body.checks).toEqual({ model: { ok: true, detail: "tiny" }, disk: { ok: false } });
    loaded = false;
    expect(await seen()).toEqual({ readyz: [503, "failing"], readiness: [503, "not ready"] });
    loaded = true;
    aiwatch.startDraining();
    expect(await seen()).toEqual({ readyz: [503, "draining"], readiness: [503, "not ready"] });
  });

  it("ask no check for the process's life, and cannot be kept by anybody", async () => {
    const { aiwatch } = createTestAiwatch();
    let asked = 0;
    aiwatch.health.addCheck("model", () => {
      asked += 1;
      return new Promise<never>(() => {});
    });
    const ask = await serve(aiwatch);
    const livez = await ask("/livez");
    expect([livez.status, asked, livez.headers.get("cache-control")]).toEqual([200, 0, "no-store"]);
  });

  it("answer HEAD without a body, and leave other methods to the app", async () => {
    const { aiwatch } = createTestAiwatch();
    const ask = await serve(aiwatch);
    expect(await ask("/readyz", "HEAD")).toMatchObject({ status: 200, body: undefined });
    expect(await ask("/livez", "POST")).toMatchObject({ status: 404 });
  });

  it("can be renamed, left out and guarded", async () => {
    const { aiwatch } = createTestAiwatch();
    const ask = await serve(aiwatch, {
      routes: { livez: "/alive", readyz: false },
      authorize: (_req, route) => route === "livez",
    });
    const paths = ["/alive", "/livez", "/readyz", "/readiness"];
    const statuses = await Promise.all(paths.map(async (path) => (await ask(path)).status));
    expect(statuses).toEqual([200, 404, 404, 403]);
  });

  it("are handlers, too, for a port of their own", async () => {
    const { aiwatch } = createTestAiwatch();
    const { body } = await askHandler(routeHandler(aiwatch, "livez"));
    expect(body).toEqual({ status: "ok" });
    expect((await askHandler(routeHandler(aiwatch, "readyz"))).body).toEqual({ status: "ready", checks: {} });
    expect((await askHandler(routeHandler(aiwatch, "readiness"))).body).toEqual({ status: "ready", checks: {} });
  });
});

async function askHandler(handler: RequestListener) {
  const server = await testServer(handler);
  servers.push(server);
  const response = await fetch(server.url);
  return { status: response.status, body: await response.json() };
}

describe("GET /health", () => {
  it("tells uptime, versions and memory, and of what is unknown nothing", async () => {
    const { aiwatch } = createTestAiwatch({ service: "chat" });
    const manifest = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
    const bytes = { rssBytes: 1, heapUsedBytes: 1, heapTotalBytes: 1, externalBytes: 1 };
    const { body } = await askHandler(routeHandler(aiwatch, "health"));
    expect(body).toEqual({
      status: "ok",
      service: "chat",
      uptimeSeconds: expect.any(Number),
      node: process.versions.node,
      versions: { node: process.versions.node, aiwatch: manifest.version },
      memory: Object.fromEntries(Object.keys(bytes).map((name) => [name, expect.any(Number)])),
      model_info: null,
    });
    aiwatch.health.reportVersion("node-llama-cpp", "3.21.1");
    aiwatch.health.reportVersion("node", "a lie");
    hostOf(aiwatch).models.watch("tiny", () => ({ contextSize: 768, modelType: "llama.cpp" }));
    expect((await askHandler(routeHandler(aiwatch, "health"))).body).toMatchObject({
      versions: { node: process.versions.node, "node-llama-cpp": "3.21.1" },
      model_info: { model: "tiny", modelType: "llama.cpp", contextWindow: 768 },
    });
  });
});
