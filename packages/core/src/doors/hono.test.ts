import { once } from "node:events";
import { type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect as connect2, createServer as createServer2 } from "node:http2";
import { connect } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { trace } from "@opentelemetry/api";
import { type Context, Hono } from "hono";
import { compress } from "hono/compress";
import { requestId } from "hono/request-id";
import { stream, streamSSE } from "hono/streaming";
import { Hono as Hono40 } from "hono4-0";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Aiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import { clientReports } from "../reports/index.ts";
import { currentRequest } from "../request/scope.ts";
import { rawClient, requestText } from "../test-support/raw-client.ts";
import { serveWith } from "../test-support/served-app.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { type AiwatchHonoOptions, aiwatchHono } from "./hono.ts";

type Env = { Bindings: HttpBindings };

const releases = [
  ["Hono", Hono],
  ["Hono 4.0", Hono40 as unknown as typeof Hono],
] as const;

async function serve(
  build: (app: Hono<Env>, aiwatch: Aiwatch) => void,
  options: AiwatchHonoOptions | false = {},
  release = Hono,
) {
  return serveWith((aiwatch) => {
    const app = new release<Env>();
    if (options !== false) app.use("*", aiwatchHono(aiwatch, options));
    app.onError((_error, c) => c.text("failed", 500));
    build(app, aiwatch);
    return createAdaptorServer({ fetch: app.fetch, hostname: "x" }) as Server;
  });
}

describe.each(releases)("templates of %s", (_release, release) => {
  const sub = () => {
    const app = new release<Env>();
    app.get("/items/:item", (c) => c.text("item"));
    app.get("/items/:item/broken", () => {
      throw new Error("broken");
    });
    app.all("/any", (c) => c.text("any"));
    return app;
  };
  const guarded = () => {
    const app = new release<Env>();
    app.onError((_error, c) => c.text("the sub-app's own", 503));
    app.get("/broken", () => {
      throw new Error("broken");
    });
    app.all("/all/:id", (c) => c.text("all"));
    return new release<Env>().route("/inner", app);
  };

  it.each([
    ["/", "/", 200],
    ["/?q=1", "/", 200],
    ["/users/42", "/users/:id", 200],
    ["/users/4%202", "/users/:id", 200],
    ["/users/%zz", "/users/:id", 200],
    ["/numbers/12", "/numbers/:n{[0-9]+}", 200],
    ["/numbers/x", "unmatched", 404],
    ["/maybe", "/maybe/:id?", 200],
    ["/files/a/b", "/files/*", 200],
    ["/v1/tenants/7/items/8", "/v1/tenants/:tenant/items/:item", 200],
    ["/v1/tenants/7/items/8/broken", "/v1/tenants/:tenant/items/:item/broken", 500],
    ["/v1/tenants/7/any", "/v1/tenants/:tenant/any", 200],
    ["/guarded/inner/broken", "/guarded/inner/broken", 503],
    ["/guarded/inner/all/7", "/guarded/inner/all/:id", 200],
    ["/based/page", "/based/page", 200],
    ["/private/1", "/private/:id", 401],
    ["/private/nothing/here", "unmatched", 401],
    ["/left", "/left", 404],
    ["/next/1", "/next/:id", 200],
    ["/missing/1", "/missing/:id", 404],
    ["/nowhere/at/all", "unmatched", 404],
  ])("%s is one request of %s", async (path, endpoint, status) => {
    const { url, settled, sample, diagnostics } = await serve(
      (app) => {
        app.use(async (_c, next) => next());
        app.use("/private/*", async (c, _next) => c.text("no", 401));
        app.get("/", (c) => c.text("root"));
        app.get("/users/:id", (c) => c.text("user"));
        app.get("/numbers/:n{[0-9]+}", (c) => c.text("number"));
        app.get("/maybe/:id?", (c) => c.text("maybe"));
        app.get("/files/*", (c) => c.text("file"));
        app.route("/v1/tenants/:tenant", sub());
        app.route("/guarded", guarded());
        app.basePath("/based").get("/page", (c) => c.text("page"));
        app.get("/private/:id", (c) => c.text("never"));
        app.get("/left", async (_c, next) => next());
        app.get(
          "/next/:id",
          async (_c, next) => next(),
          (c) => c.text("next"),
        );
        app.get("/missing/:id", (c) => c.notFound());
      },
      {},
      release,
    );
    await (await fetch(url + path)).text();
    expect(await settled(1)).toMatchObject([{ route: endpoint, status, path: path.split("?")[0], method: "GET" }]);
    const labels = { method: "GET", endpoint, status };
    expect(await sample("genai_app_http_requests_total", labels)).toBe(1);
    expect(diagnostics).toEqual([]);
  });

  it("answers its own routes below the place where it is mounted, and nowhere else", async () => {
    const app = await serve(
      (hono, aiwatch) => {
        hono.use("/ops/:team/*", aiwatchHono(aiwatch));
        hono.get("/ops/:team/page", (c) => c.text("page"));
        hono.get("/metrics", (c) => c.text("the app's"));
        hono.route("/in", new release<Env>().use(aiwatchHono(aiwatch)));
      },
      false,
      release,
    );
    expect((await fetch(`${app.url}/ops/red/livez?x`)).status).toBe(200);
    expect(await (await fetch(`${app.url}/in/livez`)).json()).toEqual({ status: "ok" });
    expect(await (await fetch(`${app.url}/metrics`)).text()).toBe("the app's");
    expect(await (await fetch(`${app.url}/ops/red/page`)).text()).toBe("page");
    expect(await app.settled(3)).toMatchObject([
      { route: "/livez", own: true, path: "/ops/red/livez" },
      { route: "/livez", own: true },
      { route: "/ops/:team/page" },
    ]);
  });
});

describe("the door of Hono", () => {
  it("gives the app's functions Hono's context", async () => {
    const { url, settled, aiwatch } = await serveWith((aiwatch) => {
      type Users = Env & { Variables: { user: string } };
      const app = new Hono<Users>();
      app.use(
        aiwatchHono(aiwatch, {
          userOf: (c: Context<Users>) => c.get("user"),
          ignore: (c) => c.req.path === "/ignored",
          normalizeRoute: (route, c) => `${c.req.method} ${route}`,
          authorize: (c, route) => route === "livez" || c.req.header("authorization") === "secret",
          reports: clientReports({ perClientPerMinute: 1, clientOf: (req) => req.headers["x-client"] }),
        }),
      );
      app.get("/:page", (c) => {
        c.set("user", "ada");
        return c.text("page");
      });
      return createAdaptorServer({ fetch: app.fetch }) as Server;
    });
    await (await fetch(`${url}/ignored`)).text();
    await (await fetch(`${url}/page`)).text();
    expect(await settled(1)).toMatchObject([{ user: "ada", route: "GET /:page" }]);
    expect((await fetch(`${url}/metrics`)).status).toBe(403);
    expect((await fetch(`${url}/metrics`, { headers: { authorization: "secret" } })).status).toBe(200);
    const post = async (client: string) => {
      const headers = { "content-type": "application/json", "x-client": client, authorization: "secret" };
      return (await fetch(`${url}/metrics/log`, { method: "POST", headers, body: "{}" })).status;
    };
    expect([await post("a"), await post("a"), await post("b")]).toEqual([200, 429, 200]);
    expect(hostOf(aiwatch).disabled).toBe(false);
  });

  it("counts a request once, however often it is mounted", async () => {
    const { url, settled } = await serve((app, aiwatch) => {
      app.use(aiwatchHono(aiwatch));
      app.get("/", aiwatchHono(aiwatch), (c) => c.text("root"));
    });
    await (await fetch(url)).text();
    await settled(1);
  });

  it("passes everything through where the instance is disabled", async () => {
    const app = new Hono<Env>();
    app.use(aiwatchHono(createTestAiwatch({ disabled: true }).aiwatch));
    app.get("/metrics", (c) => c.text("the app's"));
    const response = await app.request("/metrics");
    expect([await response.text(), response.headers.get("x-request-id")]).toEqual(["the app's", null]);
  });

  it("names the answer, whatever makes it", async () => {
    const { url, settled } = await serve((app) => {
      app.get("/raw", () => new Response("raw"));
      app.get("/redirect", () => Response.redirect("http://127.0.0.1/"));
      app.get("/global", () => Response.json({ a: 1 }));
      app.get("/file", (c) => c.body(new Blob(["file"]).stream()));
      app.get("/fetched", async () => fetch(`${url}/raw`));
    });
    for (const path of ["/raw", "/redirect", "/global", "/file"]) {
      const { headers } = await fetch(url + path, { headers: { "x-request-id": "the-id" }, redirect: "manual" });
      expect(headers.get("x-request-id")).toBe("the-id");
    }
    await (await fetch(`${url}/fetched`)).text();
    await settled(6);
  });

  it("keeps the id that hono/request-id has given before it", async () => {
    const before = await serve((app, aiwatch) => {
      app.use(requestId({ generator: () => "theirs" }), aiwatchHono(aiwatch));
      app.get("/", (c) => c.text(c.get("requestId")));
    }, false);
    const response = await fetch(before.url);
    expect([response.headers.get("x-request-id"), await response.text()]).toEqual(["theirs", "theirs"]);
    expect(await before.settled(1)).toMatchObject([{ requestId: "theirs" }]);
  });

  it("leaves the answer the id that hono/request-id gives behind it", async () => {
    const behind = await serve((app) => {
      app.use(requestId({ generator: () => "theirs" }));
      app.get("/", (c) => c.text("root"));
    });
    expect((await fetch(behind.url)).headers.get("x-request-id")).toBe("theirs");
    await behind.settled(1);
  });

  it("leaves an error that is none to the app's server", async () => {
    const { url, settled } = await serve((app) => {
      app.get("/", () => {
        throw "no error";
      });
    });
    expect((await fetch(url)).status).toBe(500);
    expect(await settled(1)).toMatchObject([{ status: 500, route: "/", failure: { type: "internal" } }]);
  });

  it("takes an event stream to its end, compressed or not, with the scope in its producer", async () => {
    const seen: unknown[] = [];
    const { url, settled } = await serve((app) => {
      app.use("/compressed", compress());
      for (const path of ["/plain", "/compressed"]) {
        app.get(path, (c) =>
          streamSSE(c, async (sse) => {
            for (const data of ["one", "two"]) {
              await sse.writeSSE({ data });
              await sse.sleep(2);
              seen.push(currentRequest()?.requestId);
            }
          }),
        );
      }
    });
    for (const path of ["/plain", "/compressed"]) {
      const headers = { "x-request-id": path.slice(1) };
      expect(await (await fetch(url + path, { headers })).text()).toBe("data: one\n\ndata: two\n\n");
    }
    expect(await settled(2)).toMatchObject([
      { route: "/plain", status: 200, aborted: false },
      { route: "/compressed", status: 200, aborted: false },
    ]);
    expect(seen).toEqual(["plain", "plain", "compressed", "compressed"]);
  });

  it("ends a stream that is asked for by HEAD, and one whose client leaves", async () => {
    let left = 0;
    const { url, port, settled } = await serve((app) => {
      app.get("/stream", (c) =>
        stream(c, async (out) => {
          out.onAbort(() => {
            left += 1;
          });
          await out.write("first");
          await new Promise<void>((resolve) => out.onAbort(resolve));
        }),
      );
    });
    expect((await fetch(`${url}/stream`, { method: "HEAD" })).status).toBe(200);
    const client = await rawClient(port);
    client.socket.write(requestText("/stream"));
    await client.answers(/first/);
    client.socket.destroy();
    expect(await settled(2)).toMatchObject([
      { method: "HEAD", route: "/stream", status: 200, aborted: false },
      { method: "GET", route: "/stream", status: 499, aborted: true },
    ]);
    expect(left).toBe(1);
  });

  it.each([
    ["at once", 70_000, 0],
    ["later", 70_000, 1],
    ["in small pieces", 10, 0],
  ])(
    "keeps the scope and the span in a stream's pull (%s), its cancel and the signal's abort",
    async (_how, size, ms) => {
      const pulls: unknown[] = [];
      const ends: unknown[] = [];
      const here = () => [currentRequest()?.requestId, trace.getActiveSpan()?.spanContext().spanId];
      const { port, settled } = await serve((app) => {
        app.get("/pulls", (c) => {
          c.req.raw.signal.addEventListener("abort", () => ends.push(["abort", ...here()]));
          const body = new ReadableStream({
            async pull(controller) {
              pulls.push(here());
              if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
              controller.enqueue(Buffer.alloc(size, "x"));
            },
            cancel: () => void ends.push(["cancel", ...here()]),
          });
          return c.body(body);
        });
      });
      const client = connect(port, "127.0.0.1");
      onTestFinished(() => void client.destroy());
      client.write(requestText("/pulls", ["x-request-id: a"]));
      client.on("data", () => {
        client.pause();
        setTimeout(() => client.resume(), 2);
      });
      while (pulls.length < 40) await new Promise((resolve) => setTimeout(resolve, 2));
      client.destroy();
      const [record] = await settled(1);
      const { requestId, spanId } = record!;
      const inside = pulls.filter((pull) => JSON.stringify(pull) === JSON.stringify([requestId, spanId]));
      expect([inside.length, ends]).toEqual([
        pulls.length,
        [
          ["abort", requestId, spanId],
          ["cancel", requestId, spanId],
        ],
      ]);
    },
  );

  it("takes reports that a middleware of the app has read before", async () => {
    const { url, ended, sample } = await serve((app, aiwatch) => {
      app.use(async (c, next) => {
        if (c.req.method === "POST") await c.req.text();
        await next();
      });
      app.use(aiwatchHono(aiwatch, { reports: clientReports() }));
    }, false);
    const headers = { "content-type": "application/json" };
    const post = async (path: string, body: string) =>
      (await fetch(url + path, { method: "POST", headers, body })).status;
    expect(await post("/metrics/error", '{"error_type":"network"}')).toBe(200);
    expect(await post("/metrics/log", '{"response_time_ms":250}')).toBe(200);
    expect(await post("/metrics/log", "no JSON")).toBe(400);
    expect(await sample("genai_app_errors_total", { type: "network", operation: "client" })).toBe(1);
    expect(await sample("genai_app_client_response_seconds_count")).toBe(1);
    await ended(3);
  });

  it("leaves upgrades alone, which have no response", async () => {
    const { aiwatch, requests } = createTestAiwatch();
    const app = new Hono<Env>();
    app.use(aiwatchHono(aiwatch));
    app.get("/socket", (c) => c.text("upgraded"));
    const incoming = { headers: { upgrade: "websocket" }, url: "/socket" } as IncomingMessage;
    const response = await app.request("/socket", {}, { incoming, outgoing: undefined as unknown as ServerResponse });
    expect(await response.text()).toBe("upgraded");
    expect(requests).toEqual([]);
  });

  it("observes HTTP/2, and answers its own routes there", async () => {
    const { port, settled } = await serveWith((aiwatch) => {
      const app = new Hono<Env>();
      app.use(aiwatchHono(aiwatch, { reports: clientReports() }));
      app.get("/users/:id", (c) => c.text("user"));
      app.post("/echo", async (c) => c.text(await c.req.text()));
      const server = createAdaptorServer({ fetch: app.fetch, createServer: createServer2 }) as unknown as Server;
      return Object.assign(server, { closeAllConnections: () => session.destroy() });
    });
    const session = connect2(`http://127.0.0.1:${port}`);
    const ask = async (path: string, body?: string) => {
      const method = body === undefined ? "GET" : "POST";
      const asked = session.request({ ":path": path, ":method": method, "content-type": "application/json" });
      asked.end(body);
      const [headers] = await once(asked, "response");
      let text = "";
      for await (const piece of asked.setEncoding("utf8")) text += piece;
      return [headers[":status"], headers["x-request-id"] !== undefined, text];
    };
    expect(await ask("/users/1")).toEqual([200, true, "user"]);
    expect(await ask("/echo", "some")).toEqual([200, true, "some"]);
    expect(await ask("/livez")).toEqual([200, false, '{"status":"ok"}\n']);
    expect(await ask("/metrics/log", "{}")).toEqual([200, false, ""]);
    expect(await ask("/metrics/log", "x".repeat(100_000))).toEqual([413, false, expect.any(String)]);
    expect((await settled(5)).map(({ route, status }) => [route, status])).toEqual([
      ["/users/:id", 200],
      ["/echo", 200],
      ["/livez", 200],
      ["/metrics/log", 200],
      ["/metrics/log", 413],
    ]);
  });

  it("waits for no body that nobody wants", async () => {
    const { port, settled } = await serve(() => {}, { reports: clientReports() });
    const sent = request({ port, path: "/metrics/log", method: "POST", headers: { "content-type": "text/plain" } });
    sent.on("error", () => {});
    sent.write("x".repeat(100_000));
    const [answer] = await once(sent, "response");
    expect(answer.statusCode).toBe(415);
    await settled(1);
  });
});
