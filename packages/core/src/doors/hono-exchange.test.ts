import { setImmediate as turn } from "node:timers/promises";
import { trace } from "@opentelemetry/api";
import { Hono } from "hono";
import { stream, streamSSE } from "hono/streaming";
import { expect, it } from "vitest";
import { clientReports } from "../reports/index.ts";
import { currentRequest } from "../request/scope.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { recordedSpans } from "../tracing/test-support/recorded-spans.ts";
import { type AiwatchHonoOptions, aiwatchHono } from "./hono.ts";

const spansSoFar = recordedSpans();

/** An app that is called in memory: there is no pair of Node's, and what is seen is the web request and its response. */
function appOf(build: (app: Hono) => void, options: AiwatchHonoOptions = {}) {
  const test = createTestAiwatch();
  const app = new Hono();
  app.use(aiwatchHono(test.aiwatch, options));
  app.onError((_error, c) => c.text("failed", 500));
  build(app);
  const settled = async (count: number) => {
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(test.requests).toHaveLength(count);
    expect(await test.sample("genai_app_active_requests")).toBe(0);
    expect(test.diagnostics).toEqual([]);
    return test.requests;
  };
  return { ...test, app, settled };
}

/** A body whose pieces come when they are asked for; it breaks where there is none left. */
function pieces(seen: unknown[], texts: readonly string[], end: "closes" | "breaks" | "waits"): ReadableStream {
  const left = [...texts];
  return new ReadableStream({
    async pull(controller) {
      seen.push(["pull", currentRequest()?.requestId]);
      await turn();
      const text = left.shift();
      if (text !== undefined) controller.enqueue(Buffer.from(text));
      else if (end === "closes") controller.close();
      else if (end === "breaks") controller.error(new Error("own"));
      else await new Promise(() => {});
    },
    cancel: (reason) => void seen.push(["cancel", currentRequest()?.requestId, reason]),
  });
}

it("counts and names an answer that is no stream, and its span", async () => {
  const { app, settled } = appOf((hono) => {
    hono.get("/users/:id", (c) => c.text("user"));
    hono.get("/empty", (c) => c.body(null, 204));
    hono.get("/redirect", () => Response.redirect("http://x/"));
    hono.get("/broken", () => {
      throw new Error("own");
    });
  });
  for (const path of ["/users/42?q=1", "/empty", "/redirect", "/broken", "/nowhere"]) {
    const headers = { "x-request-id": "the-id", "user-agent": "ada" };
    const response = await app.request(path, { headers });
    expect(response.headers.get("x-request-id")).toBe("the-id");
    await response.text();
  }
  expect(await settled(5)).toMatchObject([
    { route: "/users/:id", status: 200, path: "/users/42", method: "GET", userAgent: "ada", aborted: false },
    { route: "/empty", status: 204 },
    { route: "/redirect", status: 302 },
    { route: "/broken", status: 500, failure: { type: "internal" } },
    { route: "unmatched", status: 404 },
  ]);
  const [span] = spansSoFar().slice(-5);
  expect(span?.attributes).toMatchObject({ "url.path": "/users/42", "url.scheme": "http", "http.route": "/users/:id" });
  expect(span?.attributes).not.toHaveProperty("network.protocol.version");
});

it("leaves an answer alone that cannot be copied", async () => {
  const { app, requests, diagnostics } = appOf((hono) => {
    hono.get("/error", () => Response.error());
    hono.get("/read", async () => {
      const response = await fetch("data:text/plain,body");
      await response.text();
      return response;
    });
  });
  expect((await app.request("/error")).type).toBe("error");
  expect((await app.request("/read")).bodyUsed).toBe(true);
  // what has ended is told at the end of the turn
  await turn();
  await turn();
  expect(requests.map(({ route }) => route)).toEqual(["/error", "/read"]);
  expect(diagnostics).toMatchObject([{ source: "route", what: "watching a request's answer" }]);
});

it("gives the app its answer as it was, headers and all", async () => {
  const { app, settled } = appOf((hono) => {
    hono.get("/stream", (c) => {
      c.header("set-cookie", "a=1");
      c.header("set-cookie", "b=2", { append: true });
      return c.body(pieces([], ["one ", "two"], "closes"), 201, { "x-own": "1" });
    });
  });
  const response = await app.request("/stream");
  expect([response.status, response.headers.get("x-own"), response.headers.getSetCookie()]).toEqual([
    201,
    "1",
    ["a=1", "b=2"],
  ]);
  expect(await response.text()).toBe("one two");
  await settled(1);
});

it("reads a stream inside the scope, no piece ahead, to its end", async () => {
  const seen: unknown[] = [];
  const { app, settled, requests } = appOf((hono) => {
    hono.get("/stream", (c) => c.body(pieces(seen, ["one", "two"], "closes")));
  });
  const response = await app.request("/stream", { headers: { "x-request-id": "a" } });
  const reader = response.body!.getReader();
  await reader.read();
  expect(requests).toEqual([]);
  while (!(await reader.read()).done);
  expect(seen).toEqual(new Array(3).fill(["pull", "a"]));
  expect(await settled(1)).toMatchObject([{ status: 200, aborted: false }]);
});

it("sees a client that leaves in mid-answer by the cancelled body, and a server that breaks it off by its error", async () => {
  const seen: unknown[] = [];
  const { app, settled } = appOf((hono) => {
    hono.get("/left", (c) => c.body(pieces(seen, ["one", "two"], "waits")));
    hono.get("/broken", (c) => c.body(pieces([], ["one"], "breaks")));
  });
  const left = await app.request("/left", { headers: { "x-request-id": "a" } });
  const reader = left.body!.getReader();
  await reader.read();
  await reader.cancel("enough");
  expect(seen.at(-1)).toEqual(["cancel", "a", "enough"]);
  await expect((await app.request("/broken")).text()).rejects.toThrow("own");
  expect(await settled(2)).toMatchObject([
    { route: "/left", status: 499, aborted: true },
    { route: "/broken", status: 200, aborted: false, failure: { type: "stream_failed" } },
  ]);
});

it("takes an abort for a client that left where there is no answer yet, or none that anybody reads", async () => {
  const { app, requests, settled } = appOf((hono) => {
    hono.get("/wait", async (c) => {
      await turn();
      await turn();
      return c.text("late");
    });
    hono.get("/unread", (c) => c.body(pieces([], ["one"], "waits")));
  });
  const early = new AbortController();
  const waiting = app.request("/wait", { signal: early.signal });
  early.abort();
  expect(requests).toMatchObject([]);
  expect(await (await waiting).text()).toBe("late");
  const later = new AbortController();
  await app.request("/unread", { signal: later.signal });
  later.abort();
  expect(await settled(2)).toMatchObject([
    { route: "/wait", status: 499, aborted: true },
    { route: "/unread", status: 499, aborted: true },
  ]);
});

it("takes an abort alone for nothing: it comes of the server's own errors, and after answers", async () => {
  const { app, settled } = appOf((hono) => {
    hono.get("/text", (c) => c.text("text"));
    hono.get("/stream", (c) => c.body(pieces([], ["one", "two"], "closes")));
  });
  const after = new AbortController();
  await (await app.request("/text", { signal: after.signal })).text();
  after.abort();
  const during = new AbortController();
  const response = await app.request("/stream", { signal: during.signal });
  const reader = response.body!.getReader();
  await reader.read();
  during.abort();
  await turn();
  while (!(await reader.read()).done);
  expect(await settled(2)).toMatchObject([{ status: 200 }, { status: 200, aborted: false }]);
});

it("ends a stream that is asked for by HEAD, and takes event streams", async () => {
  const { app, settled } = appOf((hono) => {
    hono.get("/stream", (c) =>
      stream(c, async (out) => {
        await new Promise<void>((resolve) => out.onAbort(resolve));
      }),
    );
    hono.get("/events", (c) => streamSSE(c, (events) => events.writeSSE({ data: "one" })));
  });
  expect((await app.request("/stream", { method: "HEAD" })).status).toBe(200);
  expect(await (await app.request("/events")).text()).toBe("data: one\n\n");
  expect(await settled(2)).toMatchObject([
    { method: "HEAD", route: "/stream" },
    { route: "/events", status: 200 },
  ]);
});

it("has the span of the request active in handlers, and an error that is none passes", async () => {
  const seen: unknown[] = [];
  const { app, settled } = appOf((hono) => {
    hono.get("/", async (c) => {
      await turn();
      seen.push(trace.getActiveSpan()?.spanContext().spanId);
      return c.text("root");
    });
    hono.get("/broken", () => {
      throw "no error";
    });
  });
  await (await app.request("/")).text();
  await expect(app.request("/broken")).rejects.toBe("no error");
  const [record] = await settled(2);
  expect(seen).toEqual([record?.spanId]);
});

it("answers its own routes, reports included, whoever read the body before", async () => {
  const authorize: AiwatchHonoOptions["authorize"] = (c, route) =>
    route !== "summary" || c.req.header("authorization") === "secret";
  const test = createTestAiwatch();
  const app = new Hono();
  app.use("/early/*", async (c, next) => {
    await c.req.json();
    await next();
  });
  app.use("/early/*", aiwatchHono(test.aiwatch, { reports: clientReports() }));
  app.use(aiwatchHono(test.aiwatch, { reports: clientReports({ perClientPerMinute: 2 }), authorize }));
  const metrics = await app.request("/metrics");
  expect(metrics.headers.get("content-type")).toMatch(/^text\/plain; version=0.0.4/);
  expect(await metrics.text()).toContain("genai_app_http_requests_total");
  expect(await (await app.request("/livez")).json()).toEqual({ status: "ok" });
  expect(await (await app.request("/livez", { method: "HEAD" })).text()).toBe("");
  expect((await app.request("/metrics/summary")).status).toBe(403);
  const post = async (path: string, body: string) => {
    const headers = { "content-type": "application/json" };
    return (await app.request(path, { method: "POST", headers, body })).status;
  };
  expect(await post("/metrics/error", '{"error_type":"network"}')).toBe(200);
  expect(await post("/early/metrics/error", '{"error_type":"network"}')).toBe(200);
  expect(await post("/metrics/log", "x".repeat(100_000))).toBe(413);
  expect(await post("/metrics/log", "{")).toBe(400);
  expect(await post("/metrics/log", "{}")).toBe(429);
  expect(await test.sample("genai_app_errors_total", { type: "network", operation: "client" })).toBe(2);
  expect(test.requests).toHaveLength(9);
  expect(test.requests.every(({ own, durationMs }) => own && durationMs !== undefined)).toBe(true);
});

it("ignores what it is told to, counts once, and leaves upgrades alone", async () => {
  const test = createTestAiwatch();
  const app = new Hono();
  app.use(aiwatchHono(test.aiwatch, { ignore: (c) => c.req.path === "/ignored" }));
  app.use("/page", aiwatchHono(test.aiwatch));
  app.get("/:page", (c) => c.body(pieces([], ["page"], "closes")));
  expect(await (await app.request("/ignored")).text()).toBe("page");
  expect(await (await app.request("/socket", { headers: { upgrade: "websocket" } })).text()).toBe("page");
  expect(await (await app.request("/page")).text()).toBe("page");
  expect(test.requests).toMatchObject([{ path: "/page" }]);
});
