import { connect } from "node:http2";
import { text } from "node:stream/consumers";
import fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";
import { clientReports } from "../reports/client-reports.ts";
import { rawClient, requestText } from "../test-support/raw-client.ts";
import { serveWith } from "../test-support/served-app.ts";
import { createTestAiwatch } from "../testing/index.ts";
import type { DoorOptions } from "./door.ts";
import { aiwatchFastify } from "./fastify.ts";

/** An app with the door in its outermost instance. */
async function fastifyApp(
  build: (app: FastifyInstance) => void,
  { server, ...options }: DoorOptions & { server?: FastifyServerOptions } = {},
) {
  let app!: FastifyInstance;
  const served = await serveWith(async (aiwatch) => {
    app = fastify(server);
    await app.register(aiwatchFastify, { aiwatch, ...options });
    build(app);
    await app.ready();
    return app.server;
  });
  return { ...served, app };
}

const routes = (records: readonly { route: string; status: number }[]) =>
  records.map(({ route, status }) => [route, status]);

describe("the door of Fastify", () => {
  it("names routes of nested plugins by their whole template, in errors too", async () => {
    const { app, settled } = await fastifyApp((outer) => {
      outer.register(
        (tenant, _options, done) => {
          tenant.get("/", async () => "tenant");
          tenant.register(
            (users, _nested, usersDone) => {
              users.get("/:id", async () => "user");
              users.get("/:id/broken", async () => {
                throw new Error("broken");
              });
              users.get("/files/*", async () => "file");
              usersDone();
            },
            { prefix: "/users" },
          );
          done();
        },
        { prefix: "/t/:tenant" },
      );
    });
    const paths = ["/t/acme", "/t/acme/users/42", "/t/acme/users/42/broken", "/t/acme/users/files/a/b"];
    for (const path of paths) await app.inject(path);
    expect(routes(await settled(4))).toEqual([
      ["/t/:tenant", 200],
      ["/t/:tenant/users/:id", 200],
      ["/t/:tenant/users/:id/broken", 500],
      ["/t/:tenant/users/files/*", 200],
    ]);
  });

  it.each(["/api", "/api/", "/t/:tenant"])(
    "observes a plugin's routes alone, and serves its own under %s",
    async (prefix) => {
      const test = createTestAiwatch();
      const app = fastify();
      app.get("/outside", async () => "outside");
      app.register(
        (plugin, _options, done) => {
          plugin.register(aiwatchFastify, { aiwatch: test.aiwatch });
          plugin.after(() => {
            plugin.get("/inside", async () => "inside");
            plugin.register((child, _nested, childDone) => {
              child.get("/child", async () => "child");
              childDone();
            });
          });
          done();
        },
        { prefix },
      );
      const under = prefix.replace(":tenant", "acme").replace(/\/$/, "");
      const template = prefix.replace(/\/$/, "");
      for (const path of ["/outside", "/metrics", `${under}/inside`, `${under}/child`]) await app.inject(path);
      expect((await app.inject(`${under}/metrics?x=1`)).headers["content-type"]).toContain("version=0.0.4");
      expect((await app.inject({ method: "HEAD", url: `${under}/health` })).statusCode).toBe(200);
      expect(test.requests.map(({ route, own }) => [route, own])).toEqual([
        [`${template}/inside`, false],
        [`${template}/child`, false],
        ["/metrics", true],
        ["/health", true],
      ]);
      await app.close();
    },
  );

  it("tells routes of one path apart that differ by their constraints", async () => {
    const { app, settled } = await fastifyApp((outer) => {
      outer.get("/page", { constraints: { host: "a.example" } }, async () => "a");
      outer.get("/page", { constraints: { version: "1.2.0" } }, async () => "versioned");
    });
    const ask = (headers: Record<string, string>) => app.inject({ url: "/page", headers });
    expect((await ask({ host: "a.example" })).body).toBe("a");
    expect((await ask({ "accept-version": "1.x" })).body).toBe("versioned");
    expect((await ask({ host: "b.example" })).statusCode).toBe(404);
    expect(routes(await settled(3))).toEqual([
      ["/page", 200],
      ["/page", 200],
      ["unmatched", 404],
    ]);
  });

  it("sees the status of the app's own handlers of errors and of what is not found", async () => {
    const { app, settled } = await fastifyApp((outer) => {
      outer.setErrorHandler((_error, _request, reply) => reply.code(503).send("later"));
      outer.setNotFoundHandler((_request, reply) => reply.code(410).send("gone"));
      outer.get("/broken", async () => {
        throw new Error("broken");
      });
      outer.get("/missing", (_request, reply) => reply.callNotFound());
      outer.register(
        (plugin, _options, done) => {
          plugin.setNotFoundHandler((_request, reply) => reply.code(404).send("not here"));
          plugin.setErrorHandler((_error, _request, reply) => reply.code(418).send("teapot"));
          plugin.get("/broken", async () => {
            throw new Error("broken");
          });
          done();
        },
        { prefix: "/api" },
      );
    });
    for (const path of ["/broken", "/missing", "/nowhere", "/api/broken", "/api/nowhere"]) await app.inject(path);
    expect(routes(await settled(5))).toEqual([
      ["/broken", 503],
      ["unmatched", 410],
      ["unmatched", 410],
      ["/api/broken", 418],
      ["unmatched", 404],
    ]);
  });

  it("counts what inject() asks for, streams and what is broken off included", async () => {
    const { app, settled } = await fastifyApp((outer) => {
      outer.post<{ Body: { text: string } }>("/echo", async ({ body }) => body.text);
      outer.get("/stream", (_request, reply) => {
        reply.hijack();
        reply.raw.write("one");
        setImmediate(() => reply.raw.end("two"));
      });
      outer.get("/cut", (_request, reply) => {
        reply.hijack();
        reply.raw.destroy();
      });
    });
    const echo = await app.inject({ method: "POST", url: "/echo", payload: { text: "heard" } });
    expect((await app.inject("/stream")).body).toBe("onetwo");
    await expect(app.inject("/cut")).rejects.toThrow("destroyed");
    expect(echo.body).toBe("heard");
    expect(await settled(3)).toMatchObject([
      { route: "/echo", status: 200, requestId: echo.headers["x-request-id"] },
      { route: "/stream", status: 200 },
      { route: "/cut", status: 500, aborted: false, failure: { type: "stream_failed" } },
    ]);
  });

  it("takes a reply that is hijacked, and one that comes from a hook", async () => {
    const { app, settled } = await fastifyApp((outer) => {
      outer.addHook("preHandler", async (request, reply) => {
        if (request.url === "/denied") return reply.code(401).send("denied");
        return undefined;
      });
      outer.get("/denied", async () => "never");
      outer.get("/hijacked", (_request, reply) => {
        reply.hijack();
        reply.raw.writeHead(202).end("by hand");
      });
    });
    for (const path of ["/denied", "/hijacked"]) await app.inject(path);
    expect(routes(await settled(2))).toEqual([
      ["/denied", 401],
      ["/hijacked", 202],
    ]);
  });

  it("ends a request once whose connection Fastify gives up", async () => {
    let timeouts = 0;
    const { port, settled } = await fastifyApp(
      (outer) => {
        outer.addHook("onTimeout", async () => {
          timeouts += 1;
        });
        outer.get("/slow", () => {});
      },
      { server: { connectionTimeout: 30 } },
    );
    const client = await rawClient(port);
    client.socket.write(requestText("/slow"));
    await client.closed;
    expect(await settled(1)).toMatchObject([{ route: "/slow", aborted: false, failure: { type: "stream_failed" } }]);
    expect(timeouts).toBe(1);
  });

  it("ends a request once whose handler took too long", async () => {
    const { app, settled } = await fastifyApp((outer) => {
      outer.get("/slow", { handlerTimeout: 10 }, () => new Promise(() => {}));
    });
    expect((await app.inject("/slow")).statusCode).toBe(503);
    expect(await settled(1)).toMatchObject([{ route: "/slow", status: 503, failure: { type: "unavailable" } }]);
  });

  it("serves its own routes behind the app's own parsers, hooks and settings", async () => {
    const { app, settled } = await fastifyApp(
      (outer) => {
        outer.removeAllContentTypeParsers();
        outer.addHook("onSend", async () => {
          throw new Error("never for a route of ours");
        });
        outer.get("/:anything", async () => "the app's");
      },
      { reports: clientReports(), server: { exposeHeadRoutes: false, routerOptions: { ignoreTrailingSlash: true } } },
    );
    const report = { method: "POST", url: "/metrics/log", payload: { tokens_in: 1 } } as const;
    expect((await app.inject(report)).statusCode).toBe(200);
    expect((await app.inject("/livez")).statusCode).toBe(200);
    expect((await app.inject("/livez/")).statusCode).toBe(200);
    expect((await settled(3)).every(({ own }) => own)).toBe(true);
  });

  it("refuses a route of its own that cannot be", async () => {
    const app = fastify();
    const { aiwatch } = createTestAiwatch();
    const registered = app.register(aiwatchFastify, { aiwatch, routes: { metrics: "no slash" } });
    await expect(Promise.resolve(registered)).rejects.toMatchObject({ code: "AIWATCH_INVALID_ARGUMENT" });
  });

  it("says that the app has a route of that name already", async () => {
    const app = fastify();
    app.get("/health", async () => "the app's");
    const { aiwatch } = createTestAiwatch();
    await expect(Promise.resolve(app.register(aiwatchFastify, { aiwatch }))).rejects.toThrow("/health");
  });

  it("adds nothing where the instance is disabled", async () => {
    const test = createTestAiwatch({ disabled: true });
    const app = fastify();
    await app.register(aiwatchFastify, { aiwatch: test.aiwatch });
    app.get("/page", async () => "page");
    const page = await app.inject("/page");
    expect([page.body, page.headers["x-request-id"]]).toEqual(["page", undefined]);
    expect((await app.inject("/metrics")).statusCode).toBe(404);
  });

  it("observes HTTP/2, as what it is", async () => {
    const test = createTestAiwatch();
    const app = fastify({ http2: true });
    await app.register(aiwatchFastify, { aiwatch: test.aiwatch });
    app.get("/users/:id", async () => "user");
    const session = connect(await app.listen({ port: 0, host: "127.0.0.1" }));
    onTestFinished(() => {
      session.close();
      return app.close();
    });
    expect(await text(session.request({ ":path": "/users/42" }))).toBe("user");
    expect(await text(session.request({ ":path": "/livez" }))).not.toBe("");
    while (test.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(test.requests).toMatchObject([{ route: "/users/:id", status: 200, aborted: false }, { own: true }]);
    expect(test.requests[0]).not.toHaveProperty("failure");
    expect(test.diagnostics).toEqual([]);
  });
});
