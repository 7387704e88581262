import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import fastify from "fastify";
import { Registry, register } from "prom-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Aiwatch, createAiwatch, defaultAiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import type { AiwatchOptions } from "../aiwatch/options.ts";
import { aiwatchExpress } from "./express.ts";
import { aiwatchFastify } from "./fastify.ts";
import { aiwatchNode } from "./node.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  await defaultAiwatch().close();
  register.clear();
});

interface Route {
  readonly path: string;
  handle(): Promise<string>;
}

/** An app with a door that was given `aiwatch`, or nothing, and one route of its own. */
const doors: readonly [string, (route: Route, aiwatch?: Aiwatch) => Promise<Server>][] = [
  [
    "Express",
    async ({ path, handle }, aiwatch) => {
      const app = express();
      app.use(aiwatchExpress(aiwatch));
      app.get(path, async (_req, res) => void res.send(await handle()));
      return createServer(app);
    },
  ],
  [
    "Fastify",
    async ({ path, handle }, aiwatch) => {
      const app = fastify();
      await app.register(aiwatchFastify, aiwatch === undefined ? {} : { aiwatch });
      app.get(path, handle);
      await app.ready();
      return app.server;
    },
  ],
  [
    "node:http",
    async ({ path, handle }, aiwatch) =>
      createServer(
        aiwatchNode(
          async (req, res) => {
            if (req.url !== path) res.statusCode = 404;
            res.end(req.url === path ? await handle() : "not found");
          },
          aiwatch,
          { routeOf: ({ url }) => (url === path ? path : undefined) },
        ),
      ),
  ],
];

async function listening(server: Server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUps.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async (path: string) => {
    const response = await fetch(url + path);
    return { status: response.status, id: response.headers.get("x-request-id"), text: await response.text() };
  };
}

/** The app's own instance, and the paths of the requests that its observer was told of. */
function appsOwn(options: AiwatchOptions = {}) {
  const told: string[] = [];
  const requestEnded = ({ path }: { path: string }) => told.push(path);
  const aiwatch = createAiwatch({ registry: new Registry(), observers: [{ name: "app", requestEnded }], ...options });
  cleanUps.push(() => aiwatch.close());
  return { aiwatch, told };
}

const page = { path: "/page", handle: async () => "page" };

/** How often the route was counted in an exposition. */
const counted = (text: string) =>
  Number(text.match(/^genai_app_http_requests_total\{method="GET",endpoint="\/page",status="200"\} (\d+)/m)?.[1] ?? 0);

/** How often it was counted where the stand-in counts: what was counted there by other tests stays. */
const countedBefore = async () => {
  defaultAiwatch();
  return counted(await register.metrics());
};

describe.each(doors)("a door of %s that was mounted before the app made its instance", (_, serve) => {
  it.each([
    ["without one", () => undefined],
    ["with the one that stood in", () => defaultAiwatch()],
  ])("%s counts, answers and tells as the app's own", async (_name, given) => {
    const get = await listening(await serve(page, given()));
    const before = await countedBefore();
    const { aiwatch, told } = appsOwn({ service: "svc" });
    await get("/page");
    await get("/page");
    aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
    await expect.poll(() => told).toEqual(["/page", "/page"]);
    expect(aiwatch.summary()).toMatchObject({ totalRequests: 2, activeUsers: 0 });
    expect(JSON.parse((await get("/metrics/summary")).text)).toMatchObject({ totalRequests: 2 });
    const metrics = (await get("/metrics")).text;
    expect(counted(metrics)).toBe(2);
    expect(metrics).toContain('genai_app_inferences_total{model="tiny"');
    expect(JSON.parse((await get("/health")).text)).toMatchObject({ service: "svc" });
    expect(counted(await register.metrics())).toBe(before);
  });

  it("has the app's name in /health on the same registry, too", async () => {
    const get = await listening(await serve(page));
    appsOwn({ registry: register, service: "svc" });
    expect(JSON.parse((await get("/health")).text)).toMatchObject({ service: "svc" });
  });

  it("ends a request where it began, and tells the app's observers of it", async () => {
    // the app makes its instance while it answers
    let own: ReturnType<typeof appsOwn> | undefined;
    const handle = async () => {
      own = appsOwn();
      return "page";
    };
    const get = await listening(await serve({ path: "/page", handle }));
    const before = await countedBefore();
    await get("/page");
    const { aiwatch, told } = own ?? appsOwn();
    await expect.poll(() => told).toEqual(["/page"]);
    const metrics = await register.metrics();
    expect(counted(metrics)).toBe(before + 1);
    expect(metrics).toMatch(/^genai_app_active_requests 0$/m);
    expect([hostOf(aiwatch).instruments.activeRequests.read({}), aiwatch.summary().totalRequests]).toEqual([0, 0]);
  });

  it("passes everything through where that is disabled", async () => {
    const get = await listening(await serve(page));
    const before = await countedBefore();
    const registry = new Registry();
    appsOwn({ disabled: true, registry });
    expect(await get("/page")).toEqual({ status: 200, id: null, text: "page" });
    expect(await get("/metrics")).toMatchObject({ status: 404, id: null });
    expect([registry.getMetricsAsArray(), counted(await register.metrics())]).toEqual([[], before]);
  });

  it("observes where the app's own instance is on, though the environment had the first one off", async () => {
    vi.stubEnv("AIWATCH_DISABLED", "true");
    const get = await listening(await serve(page));
    expect(await get("/page")).toEqual({ status: 200, id: null, text: "page" });
    const { told } = appsOwn({ disabled: false });
    await get("/page");
    await expect.poll(() => told).toEqual(["/page"]);
  });

  it("follows the next default, once the app has closed the one before", async () => {
    const get = await listening(await serve(page));
    const first = appsOwn();
    await get("/page");
    await expect.poll(() => first.told).toEqual(["/page"]);
    await first.aiwatch.close();
    // nobody else is there: it stays with the one that was closed, and registers nothing elsewhere
    await get("/page");
    await expect.poll(() => first.told).toEqual(["/page", "/page"]);
    const next = appsOwn();
    await get("/page");
    await expect.poll(() => next.told).toEqual(["/page"]);
    expect(first.told).toEqual(["/page", "/page"]);
  });

  it("follows one that the app makes while it closes the one before", async () => {
    const get = await listening(await serve(page));
    const first = appsOwn();
    const closing = first.aiwatch.close();
    const next = appsOwn();
    await closing;
    await get("/page");
    await expect.poll(() => next.told).toEqual(["/page"]);
    expect(first.told).toEqual([]);
  });

  it("stays with the instance that it is given", async () => {
    const own = appsOwn();
    const get = await listening(await serve(page, own.aiwatch));
    await own.aiwatch.close();
    const next = appsOwn();
    await get("/page");
    await expect.poll(() => own.told).toEqual(["/page"]);
    expect(next.told).toEqual([]);
  });
});
