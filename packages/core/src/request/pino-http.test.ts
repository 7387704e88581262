import { createServer, type RequestListener } from "node:http";
import { createLogger, logTo } from "@aiwatch/logging";
import express from "express";
import { pino } from "pino";
import { type Options, pinoHttp } from "pino-http";
import { describe, expect, it } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import { aiwatchExpress } from "../doors/express.ts";
import { aiwatchNode } from "../doors/node.ts";
import { type LogLines, logLines } from "../test-support/log-lines.ts";
import { rawClient, requestText } from "../test-support/raw-client.ts";
import { serveWith } from "../test-support/served-app.ts";

type Order = "before" | "after" | "after something asynchronous, behind";
interface Setup extends Options {
  readonly order?: Order;
  /** Called as soon as a response is closed. */
  readonly closed?: (aiwatch: Aiwatch) => void;
  /** Makes the app's own logger. */
  readonly loggerOf?: (destination: LogLines) => NonNullable<Options["logger"]>;
}

/** An app whose requests pino-http logs, and which uses `logTo` on another logger. */
async function loggedApp({ order = "before", closed, loggerOf = (to) => pino({}, to), ...options }: Setup = {}) {
  const host = logLines();
  const ours = logLines();
  const logger = loggerOf(host);
  const observers = [logTo(createLogger({ destination: ours }))];
  const served = await serveWith(
    (aiwatch) => {
      const app = express();
      app.set("env", "test");
      const theirs = pinoHttp({ ...options, logger });
      if (order === "before") app.use(theirs);
      app.use(aiwatchExpress(aiwatch));
      app.use((_req, res, next) => {
        if (closed !== undefined) res.on("close", () => closed(aiwatch));
        next();
      });
      if (order.startsWith("after something")) app.use((_req, _res, next) => setTimeout(next, 1));
      if (order !== "before") app.use(theirs);
      app.get("/page", (req, res) => {
        setImmediate(() => {
          req.log.info("in the handler");
          res.status(Number(req.query["status"] ?? 200)).send("page");
        });
      });
      app.get("/stream", (_req, res) => void res.write("first"));
      return createServer(app);
    },
    { observers },
  );
  const ask = async (path = "/page") =>
    (await fetch(served.url + path, { headers: { "x-request-id": "the-id" } })).text();
  return { ...served, host, ours, logger, ask };
}

const orders: Order[] = ["before", "after", "after something asynchronous, behind"];
const kinds: [string, Options][] = [
  ["as it is", {}],
  ["with quietReqLogger", { quietReqLogger: true }],
  ["with both quiet loggers", { quietReqLogger: true, quietResLogger: true }],
  ["with properties of the app's", { customProps: () => ({ tenant: "acme" }) }],
];

describe.each(orders)("pino-http, mounted %s the door", (order) => {
  it.each(kinds)("%s, keeps its line, which gains the ids", async (_kind, options) => {
    const app = await loggedApp({ ...options, order });
    await app.ask();
    const [record] = await app.settled(1);
    const ids = { requestId: "the-id", traceId: record?.traceId, spanId: record?.spanId };
    const lines = app.host.lines();
    expect(lines.map(({ msg }) => msg)).toEqual(["in the handler", "request completed"]);
    expect(lines[1]).toMatchObject({ ...ids, res: { statusCode: 200 } });
    // what it is behind is not known before it has come
    if (!order.includes("asynchronous")) expect(lines[0]).toMatchObject(ids);
    expect(record?.logged).toBe(true);
    expect(app.ours.lines()).toEqual([]);
    app.logger.info("of the whole app");
    expect(app.host.lines().at(-1)).not.toHaveProperty("requestId");
  });

  it.each([
    ["", undefined],
    [", and the app looks at its figures first", (aiwatch: Aiwatch) => void aiwatch.summary()],
  ])("writes one line for a client that leaves%s", async (_, closed) => {
    const app = await loggedApp({ order, ...(closed !== undefined && { closed }) });
    const client = await rawClient(app.port);
    client.socket.write(requestText("/stream", ["x-request-id: the-id"]));
    await client.answers(/first/);
    client.socket.destroy();
    expect(await app.settled(1)).toMatchObject([{ status: 499, logged: true }]);
    expect(app.host.lines()).toMatchObject([{ msg: "request aborted", requestId: "the-id" }]);
    expect(app.ours.lines()).toEqual([]);
  });

  it.each<[string, Setup, string?]>([
    ["autoLogging is off", { autoLogging: false }],
    ["the request is ignored", { autoLogging: { ignore: () => true } }],
    ["its level is silent", { customLogLevel: () => "silent" }],
    ["the app's logger leaves the level out", { loggerOf: (to) => pino({ level: "warn" }, to) }],
    ["autoLogging is off, and the client leaves", { autoLogging: false }, "/stream"],
  ])("leaves the line to us where %s", async (_why, options, path) => {
    const app = await loggedApp({ ...options, order });
    if (path === undefined) await app.ask();
    else {
      const client = await rawClient(app.port);
      client.socket.write(requestText(path, ["x-request-id: the-id"]));
      await client.answers(/first/);
      client.socket.destroy();
    }
    expect(await app.settled(1)).toMatchObject([{ logged: false }]);
    expect(app.host.lines().filter(({ msg }) => msg !== "in the handler")).toEqual([]);
    expect(app.ours.lines()).toMatchObject([{ requestId: "the-id" }]);
  });

  it("leaves a line that the whole app's logger writes as it is, and writes ours", async () => {
    const app = await loggedApp({ order, quietResLogger: true });
    await app.ask();
    expect(await app.settled(1)).toMatchObject([{ logged: false }]);
    expect(app.host.lines().at(-1)).toMatchObject({ msg: "request completed" });
    expect(app.host.lines().at(-1)).not.toHaveProperty("requestId");
    expect(app.ours.lines()).toHaveLength(1);
  });
});

it("no name is twice in a line, whoever binds it", async () => {
  const quiet = { quietReqLogger: true, genReqId: () => "the-id", customAttributeKeys: { reqId: "requestId" } };
  const setups: Setup[] = [quiet, { loggerOf: (destination) => createLogger({ destination }) }];
  for (const setup of setups.flatMap((each) => orders.map((order) => ({ ...each, order })))) {
    const app = await loggedApp(setup);
    await app.ask();
    await app.ended(1);
    for (const line of app.host.lines()) expect(line).toMatchObject({ requestId: "the-id" });
    expect(app.requests).toMatchObject([{ logged: true }]);
  }
});

it("the whole app's logger that somebody put on the request gains nothing", async () => {
  const host = logLines();
  const shared = pino({}, host);
  const theirs = pinoHttp({ logger: shared });
  const listener: RequestListener = (req, res) => {
    theirs(req, res);
    res.end("page");
  };
  const app = await serveWith((aiwatch) => {
    const observed = aiwatchNode(listener, aiwatch);
    return createServer((req, res) => {
      req.log = shared;
      observed(req, res);
    });
  });
  for (const id of ["a", "b"]) await fetch(app.url, { headers: { "x-request-id": id } });
  await app.settled(2);
  shared.info("of the whole app");
  expect(host.lines().map(({ requestId }) => requestId)).toEqual(["a", "b", undefined]);
});

it("a logger of the whole app without pino-http is left alone", async () => {
  const host = logLines();
  const shared = pino({}, host);
  const app = await serveWith((aiwatch) => {
    const observed = aiwatchNode((req, res) => {
      req.log.info("in the handler");
      res.end();
    }, aiwatch);
    return createServer((req, res) => {
      req.log = shared;
      observed(req, res);
    });
  });
  await fetch(app.url);
  expect(await app.settled(1)).toMatchObject([{ logged: false }]);
  expect(host.lines()[0]).not.toHaveProperty("requestId");
});
