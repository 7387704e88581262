import { createLogger, logTo } from "@aiwatch/logging";
import fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from "fastify";
import { pino } from "pino";
import { describe, expect, it, vi } from "vitest";
import { logLines } from "../test-support/log-lines.ts";
import { rawClient, requestText } from "../test-support/raw-client.ts";
import { serveWith } from "../test-support/served-app.ts";
import { aiwatchFastify } from "./fastify.ts";

/** An app that logs by Fastify's own logger, and uses `logTo` on another one. */
async function loggedApp(options: FastifyServerOptions, build: (app: FastifyInstance) => void = () => {}) {
  const ours = logLines();
  const served = await serveWith(
    async (aiwatch) => {
      const app = fastify(options);
      await app.register(aiwatchFastify, { aiwatch });
      build(app);
      app.get("/page", async (request) => {
        request.log.info("in the handler");
        return "page";
      });
      app.get("/quiet", { logLevel: "warn" }, async () => "quiet");
      app.get("/broken", async () => {
        throw new Error("broken");
      });
      app.get("/stream", (_request, reply) => {
        reply.hijack();
        reply.raw.write("first");
      });
      await app.ready();
      return app.server;
    },
    { observers: [logTo(createLogger({ destination: ours }))] },
  );
  const ask = async (path: string) =>
    (await fetch(served.url + path, { headers: { "x-request-id": "the-id" } })).text();
  return { ...served, ours, ask };
}

const messages = (lines: readonly Record<string, unknown>[]) => lines.map(({ msg }) => msg);

describe("Fastify's own line", () => {
  it("stays, and gains the ids exactly once", async () => {
    const host = logLines();
    const app = await loggedApp({ logger: { stream: host } });
    await app.ask("/page");
    const [record] = await app.settled(1);
    const [incoming, ...lines] = host.lines();
    expect(incoming).toMatchObject({ msg: "incoming request" });
    expect(messages(lines)).toEqual(["in the handler", "request completed"]);
    const ids = { reqId: "req-1", requestId: "the-id", traceId: record?.traceId, spanId: record?.spanId };
    for (const line of lines) expect(line).toMatchObject(ids);
    expect(record?.logged).toBe(true);
    expect(app.ours.lines()).toEqual([]);
  });

  it("names an error's ids, and waits for slow hooks", async () => {
    const host = logLines();
    const app = await loggedApp({ logger: { stream: host } }, (instance) => {
      instance.addHook("onResponse", () => new Promise((resolve) => setTimeout(resolve, 10)));
    });
    await app.ask("/broken");
    expect(await app.settled(1)).toMatchObject([{ status: 500, logged: true }]);
    const lines = () => host.lines().slice(1);
    await vi.waitFor(() => expect(messages(lines())).toEqual(["broken", "request completed"]), 20_000);
    for (const line of lines()) expect(line).toMatchObject({ requestId: "the-id" });
  });

  it.each<[string, FastifyServerOptions, string?]>([
    ["logging is off", {}],
    ["the logger is silent", { logger: { level: "silent" } }],
    ["the level leaves it out", { logger: { level: "warn" } }],
    ["the route's level leaves it out", { logger: true }, "/quiet"],
    ["disableRequestLogging", { logger: true, disableRequestLogging: true }],
    ["disableRequestLogging says so", { logger: true, disableRequestLogging: () => true }],
    ["the log controller says so", { logger: true, logController: new LogController({ disableRequestLogging: true }) }],
  ])("is ours where %s", async (_why, options, path = "/page") => {
    const host = logLines();
    const logger = options.logger === true ? { stream: host } : options.logger && { ...options.logger, stream: host };
    const app = await loggedApp({ ...options, ...(logger && { logger }) });
    await app.ask(path);
    expect(await app.settled(1)).toMatchObject([{ logged: false }]);
    expect(messages(host.lines()).filter((message) => message !== "in the handler")).toEqual([]);
    expect(app.ours.lines()).toMatchObject([{ requestId: "the-id", status: 200 }]);
  });

  it("is ours where the client leaves, for which Fastify writes none", async () => {
    const host = logLines();
    const app = await loggedApp({ logger: { stream: host } });
    const client = await rawClient(app.port);
    client.socket.write(requestText("/stream"));
    await client.answers(/first/);
    client.socket.destroy();
    expect(await app.settled(1)).toMatchObject([{ status: 499, logged: false }]);
    expect(messages(host.lines())).toEqual(["incoming request"]);
    expect(app.ours.lines()).toHaveLength(1);
  });

  it.each<[string, (to: ReturnType<typeof logLines>) => FastifyServerOptions]>([
    [
      "the app's own label for its request id",
      (stream) => ({ logger: { stream }, logController: new LogController({ requestIdLogLabel: "requestId" }) }),
    ],
    ["a logger that adds the ids by itself", (destination) => ({ loggerInstance: createLogger({ destination }) })],
  ])("holds no name twice with %s", async (_what, optionsOf) => {
    const host = logLines();
    const app = await loggedApp({ ...optionsOf(host), genReqId: () => "the-id" });
    await app.ask("/page");
    expect(await app.settled(1)).toMatchObject([{ logged: true }]);
    for (const line of host.lines().slice(1)) expect(line).toMatchObject({ requestId: "the-id" });
  });

  it("leaves a logger alone that the app gives every request", async () => {
    const host = logLines();
    const shared = pino({}, host);
    const app = await loggedApp({ loggerInstance: shared, childLoggerFactory: () => shared as never });
    await app.ask("/page");
    await app.settled(1);
    expect(host.lines().at(-1)).toMatchObject({ msg: "request completed", requestId: "the-id" });
    shared.info("of the whole app");
    expect(host.lines().at(-1)).not.toHaveProperty("requestId");
  });
});
