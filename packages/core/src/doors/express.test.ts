import { createServer } from "node:http";
import { connect } from "node:net";
import express5 from "express";
import express4 from "express4";
import express4Oldest from "express4-18";
import express5Oldest from "express5-0";
import { describe, expect, it } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import { serveWith } from "../test-support/served-app.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { type AiwatchExpressOptions, aiwatchExpress } from "./express.ts";

type Express = ReturnType<typeof express5>;

async function serve(
  make: () => Express,
  build: (app: Express, aiwatch: Aiwatch) => void,
  options?: AiwatchExpressOptions | false,
) {
  return serveWith((aiwatch) => {
    const app = make();
    app.set("env", "test");
    if (options !== false) app.use(aiwatchExpress(aiwatch, options));
    build(app, aiwatch);
    return createServer(app);
  });
}

const frameworks = [
  ["Express 5", express5],
  ["Express 5.0", express5Oldest],
  ["Express 4", express4],
  ["Express 4.18", express4Oldest],
] as const;

/** Its router 2.0 keeps nothing of what something is mounted on. */
const keepsMounts = (name: string) => name !== "Express 5.0";

describe.each(frameworks)("the door of %s", (name, express) => {
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
    ["/tenant-42/page", keepsMounts(name) ? "^\\/tenant-[^/]+/page" : "/*", 200],
    ["/sub/deep/9", "/sub/deep/:id", 200],
    ["/nowhere/at/all", "unmatched", 404],
  ])("%s is one request of %s", async (path, endpoint, status) => {
    const { url, settled, sample } = await serve(express, routers);
    await (await fetch(url + path)).text();
    expect(await settled(1)).toMatchObject([{ route: endpoint, status, path: path.split("?")[0], method: "GET" }]);
    const labels = { method: "GET", endpoint, status };
    expect(await sample("genai_app_http_requests_total", labels)).toBe(1);
    expect(await sample("genai_app_http_request_duration_seconds_count", { method: "GET", endpoint })).toBe(1);
    expect(await sample("genai_app_active_requests")).toBe(0);
    expect(await sample("genai_app_errors_total", { type: "internal", operation: "http" })).toBe(
      status === 500 ? 1 : 0,
    );
  });

  it("keeps the id that the app has given the request before us", async () => {
    const { url, settled } = await serve(
      express,
      (app, aiwatch) => {
        app.use((req, res, next) => {
          res.setHeader("X-Request-Id", String(req.headers["x-app-id"]));
          next();
        });
        app.use(aiwatchExpress(aiwatch));
        routers(app);
      },
      false,
    );
    const ask = async (id: string) => (await fetch(url, { headers: { "x-app-id": id } })).headers.get("x-request-id");
    expect(await ask("app-1")).toBe("app-1");
    expect(await ask("no sane one")).toBe("no sane one");
    expect((await settled(2)).map(({ requestId }) => requestId)).toEqual([
      "app-1",
      expect.stringMatching(/^[0-9a-f-]{36}$/),
    ]);
  });

  it("counts a request once, however often it is mounted", async () => {
    const { url, sample, settled } = await serve(express, (app, aiwatch) => {
      app.use(aiwatchExpress(aiwatch));
      app.use(aiwatchExpress(aiwatch));
      routers(app);
    });
    await (await fetch(url)).text();
    await settled(1);
    expect(await sample("genai_app_http_requests_total", { method: "GET", endpoint: "/", status: "200" })).toBe(1);
    expect(await sample("genai_app_active_requests")).toBe(0);
  });

  it("ends a request whose client was gone before it came to us", async () => {
    let arrived = () => {};
    const coming = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { port, settled } = await serve(
      express,
      (app, aiwatch) => {
        app.use((_req, res, next) => {
          res.once("close", () => setTimeout(next, 5));
          arrived();
        });
        app.use(aiwatchExpress(aiwatch));
        app.get("/late", (_req, res) => void res.send("nobody reads this"));
      },
      false,
    );
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /late HTTP/1.1\r\nhost: x\r\n\r\n");
    await coming;
    socket.destroy();
    expect(await settled(1)).toMatchObject([{ status: 499, aborted: true, route: "/late" }]);
  });

  it("sees a client that leaves its pipelined requests as aborted, each of them", async () => {
    let waiting = 0;
    const { port, settled, sample } = await serve(express, (app) => {
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
    expect(await settled(20)).toMatchObject(new Array(20).fill(left));
    expect(await sample("genai_app_active_requests")).toBe(0);
    expect(await sample("genai_app_errors_total", { type: "stream_failed", operation: "http" })).toBe(0);
    process.off("warning", listen);
    expect(warnings).toEqual([]);
  });

  it("answers its own routes before, after and without a body parser, and counts none of them as active", async () => {
    let during: number | undefined;
    const { url, settled, sample, aiwatch } = await serve(express, () => {});
    aiwatch.health.addCheck("active", async () => {
      during = await sample("genai_app_active_requests");
      return true;
    });
    expect((await fetch(`${url}/readiness`)).status).toBe(200);
    expect(during).toBe(0);
    expect((await fetch(`${url}/metrics`)).headers.get("content-type")).toMatch(/^text\/plain; version=0.0.4/);
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: "ok", model_info: null });
    expect(await settled(3)).toMatchObject([{ own: true, route: "/readiness" }, { own: true }, { own: true }]);
    expect(aiwatch.summary()).toMatchObject({ totalRequests: 0, averages: { errorRate: null, responseMs: null } });
  });

  it("takes an answer of not ready for no error", async () => {
    const { url, settled, aiwatch, sample } = await serve(express, () => {});
    aiwatch.health.addCheck("model", () => false);
    expect((await fetch(`${url}/readiness`)).status).toBe(503);
    expect((await settled(1))[0]).not.toHaveProperty("failure");
    expect(await sample("genai_app_errors_total", { type: "unavailable", operation: "http" })).toBe(0);
  });
});

describe.each(frameworks)("templates of %s that are harder to find", (name, express) => {
  const page = (router: ReturnType<typeof express5.Router>) => {
    router.get("/page/:id", (_req, res) => void res.send("page"));
    router.get("/broken", () => {
      throw new Error("broken");
    });
  };
  const router = () => {
    const made = express.Router();
    page(made);
    return made;
  };

  it.each([
    ["a router on two paths", "/one/page/1", "/one/page/:id"],
    ["a router on two paths", "/two/page/1", "/two/page/:id"],
    ["a router on a list of paths", "/b/x/page/1", keepsMounts(name) ? "/a|/b/:y/page/:id" : "/b/:y/page/:id"],
    ["a parameter of a mount, encoded", "/t/a%2Fb/page/1", "/t/:tenant/page/:id"],
    ["an app on a parameter", "/apps/1/page/2", "/apps/:app/page/:id"],
    ["a router of an app on a parameter", "/apps/1/inner/page/2", "/apps/:app/inner/page/:id"],
    ["an error in an app, which leaves no trace of that app", "/apps/1/broken", "/*"],
    ["an error that the app handles", "/one/broken", "/one/broken"],
    ["a URL that was rewritten, whose mount cannot be known", "/old/page/1", "/*"],
    ["a path that cannot be decoded", "/t/%ZZ/page/1", "unmatched"],
    ["a route that was left again", "/left", "unmatched"],
  ])("%s: %s is %s", async (_what, path, template) => {
    const { url, settled, diagnostics } = await serve(express, (app) => {
      app.use((req, _res, next) => {
        req.url = req.url.replace(/^\/old/, "/one");
        next();
      });
      const shared = router();
      app.use("/one", shared);
      app.use("/two", shared);
      app.use(["/a", "/b/:y"], router());
      app.use("/t/:tenant", router());
      const sub = express();
      sub.set("env", "test");
      page(sub as never);
      sub.use("/inner", router());
      app.use("/apps/:app", sub);
    });
    await (await fetch(url + path)).text();
    expect((await settled(1)).map(({ route }) => route)).toEqual([template]);
    expect(diagnostics).toEqual([]);
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
