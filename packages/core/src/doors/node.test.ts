import { createServer, type IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { pipeline } from "../test-support/pipeline.ts";
import { rawClient, requestText } from "../test-support/raw-client.ts";
import { serveWith } from "../test-support/served-app.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { aiwatchNode } from "./node.ts";

it("passes the pair, `this`, the result and the error of the app's listener unchanged", async () => {
  const seen: unknown[] = [];
  const error = new Error("thrown by the app");
  const results: unknown[] = [];
  const app = await serveWith((aiwatch) => {
    const observed = aiwatchNode(function (this: unknown, req, res) {
      seen.push(this, req, res);
      res.end();
      if (req.url === "/throws") throw error;
      return "result";
    }, aiwatch);
    const server = createServer();
    server.on("request", function (this: unknown, req, res) {
      seen.push(this, req, res);
      try {
        results.push(observed.call(this, req, res));
      } catch (thrown) {
        results.push(thrown);
      }
    });
    return server;
  });
  for (const path of ["/returns", "/throws"]) await fetch(app.url + path);
  await app.settled(2);
  expect(results).toEqual(["result", error]);
  expect(results[1]).toBe(error);
  for (const at of [0, 6])
    expect(seen.slice(at, at + 3).map((each, index) => each === seen[at + 3 + index])).toEqual([true, true, true]);
});

it("has no route to name by itself, and takes the one that it is told at the end", async () => {
  const silent = await serveWith((aiwatch) => createServer(aiwatchNode((_req, res) => res.end(), aiwatch)));
  await fetch(`${silent.url}/users/42`);
  expect(await silent.settled(1)).toMatchObject([{ route: "unmatched", status: 200 }]);
});

it("reports a routeOf that throws, and calls the route unknowable", async () => {
  const routeOf = () => {
    throw new Error("the app's own");
  };
  const app = await serveWith((aiwatch) => createServer(aiwatchNode((_req, res) => res.end(), aiwatch, { routeOf })));
  expect((await fetch(`${app.url}/users/42`)).status).toBe(200);
  expect(await app.settled(1)).toMatchObject([{ route: "/*", status: 200 }]);
  expect(app.diagnostics).toMatchObject([{ source: "route", what: "finding the route's template" }]);
});

it("bounds the series of a routeOf that tells raw paths", async () => {
  const routeOf = ({ url }: IncomingMessage) => url;
  const app = await serveWith((aiwatch) => createServer(aiwatchNode((_req, res) => res.end(), aiwatch, { routeOf })));
  const requests = Array.from({ length: 1_000 }, (_, number) => requestText(`/users/${number}`));
  await pipeline(app.port, requests);
  await app.settled(1_000);
  const other = { method: "GET", endpoint: "other", status: 200 };
  expect(await app.sample("genai_app_http_requests_total", other)).toBe(800);
  const metric = "genai_app_http_requests_total";
  expect(await app.sample("genai_app_series_dropped_total", { metric })).toBe(800);
});

it("takes what a proxy is asked, and CONNECT, for what they are", async () => {
  const app = await serveWith((aiwatch) => createServer(aiwatchNode((_req, res) => res.end(), aiwatch)));
  const client = await rawClient(app.port);
  client.socket.write(requestText("http://evil.example/metrics?x=1") + requestText("*", [], "OPTIONS"));
  await client.answers(/HTTP\/1.1 200/, 2);
  expect(await app.settled(2)).toMatchObject([{ path: "http://evil.example/metrics", own: false }, { path: "*" }]);
  const tunnel = await rawClient(app.port);
  tunnel.socket.write(requestText("example:443", [], "CONNECT"));
  await tunnel.closed;
  await app.settled(2);
});

it("is the listener itself where the instance is disabled", () => {
  const { aiwatch } = createTestAiwatch({ disabled: true });
  const listener = () => {};
  expect(aiwatchNode(listener, aiwatch)).toBe(listener);
});

it("leaves nothing on a request that a copy of it would take along, and counts a request that is made from another", async () => {
  const copied: string[] = [];
  const app = await serveWith((aiwatch) => {
    const inner = aiwatchNode((_req, res) => res.end(), aiwatch, { routeOf: () => "/inner" });
    const outer = aiwatchNode(
      (req, res) => {
        copied.push(...Reflect.ownKeys({ ...req }).map(String));
        inner(Object.create(req), res);
      },
      aiwatch,
      { routeOf: () => "/outer" },
    );
    return createServer(outer);
  });
  await fetch(app.url);
  expect((await app.ended(2)).map(({ route }) => route).sort()).toEqual(["/inner", "/outer"]);
  expect(copied.filter((name) => name.includes("aiwatch") || name === "emit")).toEqual([]);
});
