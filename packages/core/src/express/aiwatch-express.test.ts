import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import express5 from "express";
import express4 from "express4";
import { afterEach, describe, expect, it } from "vitest";
import { createTestAiwatch } from "../testing/index.ts";
import { type AiwatchExpressOptions, aiwatchExpress } from "./index.ts";

type Express = ReturnType<typeof express5>;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** The next `count` requests that end: records come when responses close, after clients have their answers. */
function recorder() {
  const test = createTestAiwatch({ observers: [{ name: "waiter", requestEnded: () => wake() }] });
  let wake = () => {};
  const ended = async (count: number) => {
    while (test.requests.length < count)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return test.requests;
  };
  return { ...test, ended };
}

async function serve(make: () => Express, build: (app: Express) => void, options?: AiwatchExpressOptions) {
  const test = recorder();
  const app = make();
  app.set("env", "test");
  app.use(aiwatchExpress(test.aiwatch, options));
  build(app);
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { ...test, port, url: `http://127.0.0.1:${port}` };
}

const frameworks = [
  ["Express 5", express5],
  ["Express 4", express4],
] as const;

describe.each(frameworks)("the door of %s", (_name, express) => {
  const routers = (app: Express) => {
    app.get("/", (_req, res) => void res.send("root"));
    app.get("/users/:id", (_req, res) => void res.send("user"));
    const items = express.Router({ mergeParams: true });
    items.get("/:item", (_req, res) => void res.send("item"));
    items.get("/:item/broken", () => {
      throw new Error("broken");
    });
    const nested = express.Router();
    nested.use("/items", items);
    app.use("/users/:id", nested);
    app.use(
      "/static",
      express.Router().get("/page", (_req, res) => void res.send("page")),
    );
    app.use(
      /^\/tenant-[^/]+/,
      express.Router().get("/page", (_req, res) => void res.send("page")),
    );
    const sub = express();
    sub.get("/deep/:id", (_req, res) => void res.send("deep"));
    app.use("/sub", sub);
  };

  it.each([
    ["/", "/", 200],
    ["/?q=1", "/", 200],
    ["/users/42", "/users/:id", 200],
    ["/users/42/items/7", "/users/:id/items/:item", 200],
    ["/users/4%202/items/7", "/users/:id/items/:item", 200],
    ["/users/42/items/7/broken", "/users/:id/items/:item/broken", 500],
    ["/static/page", "/static/page", 200],
    ["/sTATic/page", "/static/page", 200],
    ["/tenant-42/page", "^\\/tenant-[^/]+/page", 200],
    ["/sub/deep/9", "/sub/deep/:id", 200],
    ["/nowhere/at/all", "unmatched", 404],
  ])("%s is one request of %s", async (path, endpoint, status) => {
    const { url, ended, sample } = await serve(express, routers);
    await (await fetch(url + path)).text();
    expect(await ended(1)).toMatchObject([{ route: endpoint, status, path: path.split("?")[0], method: "GET" }]);
    const labels = { method: "GET", endpoint, status };
    expect(await sample("genai_app_http_requests_total", labels)).toBe(1);
    expect(await sample("genai_app_http_request_duration_seconds_count", { method: "GET", endpoint })).toBe(1);
    expect(await sample("genai_app_active_requests")).toBe(0);
    expect(await sample("genai_app_errors_total", { type: "internal", operation: "http" })).toBe(
      status === 500 ? 1 : 0,
    );
  });

  it("takes a sane request id, makes one otherwise, and returns it", async () => {
    const { url, ended } = await serve(express, routers);
    const ask = async (id: string) =>
      (await fetch(url, { headers: { "x-request-id": id } })).headers.get("x-request-id");
    expect(await ask("abc-1.2_3")).toBe("abc-1.2_3");
    expect(await ask("not sane")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await ask("x".repeat(15_000))).toMatch(/^[0-9a-f-]{36}$/);
    expect((await ended(3))[0]).toMatchObject({ requestId: "abc-1.2_3" });
  });

  it("keeps the id that the app has given the request before us", async () => {
    const { aiwatch, ended } = recorder();
    const { url } = await serve(express, (app) => {
      app.use((req, res, next) => {
        res.setHeader("X-Request-Id", String(req.headers["x-app-id"]));
        next();
      });
      app.use(aiwatchExpress(aiwatch));
      routers(app);
    });
    const ask = async (id: string) => (await fetch(url, { headers: { "x-app-id": id } })).headers.get("x-request-id");
    expect(await ask("app-1")).toBe("app-1");
    expect(await ask("no sane one")).toBe("no sane one");
    expect((await ended(2)).map(({ requestId }) => requestId)).toEqual([
      "app-1",
      expect.stringMatching(/^[0-9a-f-]{36}$/),
    ]);
  });

  it("counts a request once, however often it is mounted", async () => {
    const { aiwatch, sample, ended } = recorder();
    const { url } = await serve(express, (app) => {
      app.use(aiwatchExpress(aiwatch));
      app.use(aiwatchExpress(aiwatch));
      routers(app);
    });
    await (await fetch(url)).text();
    await ended(1);
    expect(await sample("genai_app_http_requests_total", { method: "GET", endpoint: "/", status: "200" })).toBe(1);
    expect(await sample("genai_app_active_requests")).toBe(0);
  });

  it("ends a request whose client was gone before it came to us", async () => {
    let arrived = () => {};
    const coming = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const test = recorder();
    const { port } = await serve(express, (app) => {
      app.use((_req, res, next) => {
        res.once("close", () => setTimeout(next, 5));
        arrived();
      });
      app.use(aiwatchExpress(test.aiwatch));
      app.get("/late", (_req, res) => void res.send("nobody reads this"));
    });
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /late HTTP/1.1\r\nhost: x\r\n\r\n");
    await coming;
    socket.destroy();
    expect(await test.ended(1)).toMatchObject([{ status: 499, aborted: true, route: "/late" }]);
    expect(await test.sample("genai_app_active_requests")).toBe(0);
  });

  it("sees a client that goes away in mid-answer as aborted, no error", async () => {
    const { url, ended, sample } = await serve(express, (app) => {
      app.get("/stream", (_req, res) => void res.write("first"));
    });
    const abort = new AbortController();
    const response = await fetch(`${url}/stream`, { signal: abort.signal });
    await response.body!.getReader().read();
    expect(await sample("genai_app_active_requests")).toBe(1);
    abort.abort();
    expect(await ended(1)).toMatchObject([{ status: 499, aborted: true, route: "/stream" }]);
    expect((await ended(1))[0]).not.toHaveProperty("failure");
    expect(await sample("genai_app_active_requests")).toBe(0);
  });

  it("sees a client that resets its connection before any answer as aborted", async () => {
    const { port, ended } = await serve(express, (app) => {
      app.get("/wait", () => socket.resetAndDestroy());
    });
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n");
    expect(await ended(1)).toMatchObject([{ status: 499, aborted: true }]);
  });

  it("sees a client that leaves its pipelined requests as aborted, each of them", async () => {
    let waiting = 0;
    const { port, ended, sample } = await serve(express, (app) => {
      app.use(express.json());
      app.post("/wait", () => {
        waiting += 1;
        if (waiting === 20) socket.destroy();
      });
    });
    const socket = connect(port, "127.0.0.1");
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    const post = "POST /wait HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    socket.write(post.repeat(20));
    const left = { status: 499, aborted: true, route: "/wait" };
    expect(await ended(20)).toMatchObject(new Array(20).fill(left));
    expect(await sample("genai_app_active_requests")).toBe(0);
    expect(await sample("genai_app_errors_total", { type: "stream_failed", operation: "http" })).toBe(0);
    process.off("warning", listen);
    expect(warnings).toEqual([]);
  });

  it.each([
    ["the response is destroyed", (res: { destroy(): void }) => res.destroy()],
    [
      "an error is thrown",
      () => {
        throw new Error("mid-stream");
      },
    ],
  ])("counts a failure in mid-answer when %s", async (_how, fail) => {
    const { url, ended, sample } = await serve(express, (app) => {
      app.get("/cut", (_req, res) => {
        res.write("first");
        fail(res);
      });
    });
    await expect(fetch(`${url}/cut`).then((response) => response.text())).rejects.toThrow();
    expect(await ended(1)).toMatchObject([{ status: 200, aborted: false, failure: { type: "stream_failed" } }]);
    expect(await sample("genai_app_errors_total", { type: "stream_failed", operation: "http" })).toBe(1);
  });

  it("answers its own routes before, after and without a body parser, and counts none of them as active", async () => {
    let during: number | undefined;
    const { url, ended, sample, aiwatch } = await serve(express, () => {});
    aiwatch.health.addCheck("active", async () => {
      during = await sample("genai_app_active_requests");
      return true;
    });
    expect((await fetch(`${url}/readiness`)).status).toBe(200);
    expect(during).toBe(0);
    expect((await fetch(`${url}/metrics`)).headers.get("content-type")).toMatch(/^text\/plain; version=0.0.4/);
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: "ok", model_info: null });
    expect(await ended(3)).toMatchObject([{ own: true, route: "/readiness" }, { own: true }, { own: true }]);
    expect(aiwatch.summary()).toMatchObject({ totalRequests: 0, errorRate: null, averageResponseTime: null });
  });

  it("takes an answer of not ready for no error", async () => {
    const { url, ended, aiwatch, sample } = await serve(express, () => {});
    aiwatch.health.addCheck("model", () => false);
    expect((await fetch(`${url}/readiness`)).status).toBe(503);
    expect((await ended(1))[0]).not.toHaveProperty("failure");
    expect(await sample("genai_app_errors_total", { type: "unavailable", operation: "http" })).toBe(0);
  });

  it("leaves out, renames and guards its routes", async () => {
    const routes = { metrics: "/internal/metrics", health: false } as const;
    const authorize = (req: { headers: Record<string, unknown> }) => req.headers["x-key"] === "right";
    const { url } = await serve(express, () => {}, { routes, authorize });
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect((await fetch(`${url}/health`)).status).toBe(404);
    expect((await fetch(`${url}/metrics/log`, { method: "POST" })).status).toBe(404);
    expect((await fetch(`${url}/internal/metrics`)).status).toBe(403);
    expect((await fetch(`${url}/internal/metrics`, { headers: { "x-key": "right" } })).status).toBe(200);
    const none = await serve(express, () => {}, { routes: false });
    expect((await fetch(`${none.url}/metrics`)).status).toBe(404);
  });
});

describe("the option userOf", () => {
  const userOf = (req: { headers: Record<string, unknown> }) => String(req.headers["x-user"]);
  const page = (app: Express) => void app.get("/page", (_req, res) => void res.send("page"));

  it("names the user in the record", async () => {
    const { url, ended } = await serve(express5, page, { userOf });
    await fetch(`${url}/page`, { headers: { "x-user": "ada" } });
    expect(await ended(1)).toMatchObject([{ user: "ada" }]);
  });

  it("loses no request when it throws", async () => {
    const broken = () => {
      throw new Error("no session");
    };
    const { url, ended, sample } = await serve(express5, page, { userOf: broken });
    expect((await fetch(`${url}/page`)).status).toBe(200);
    expect((await ended(1))[0]).not.toHaveProperty("user");
    expect(await sample("genai_app_telemetry_errors_total", { source: "route" })).toBe(1);
  });
});

describe("a disabled instance", () => {
  it("observes nothing and serves nothing", async () => {
    const test = createTestAiwatch({ disabled: true });
    let called = 0;
    const middleware = aiwatchExpress(test.aiwatch);
    middleware({ url: "/metrics" } as never, {} as never, () => {
      called += 1;
    });
    expect(called).toBe(1);
  });
});
