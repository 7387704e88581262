import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { currentRequest } from "@aiwatch/core";
import { context, createContextKey, ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import { expect } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { rawClient, requestText } from "./raw-client.ts";
import { serve, serveWith } from "./served-app.ts";
import type { TestRoute } from "./test-route.ts";

const page: TestRoute = { path: "/page", text: "page" };
const made = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** By what names a request is found. */
export const identity: readonly Behaviour[] = [
  {
    name: "makes an id for each request that brings none, and returns it",
    async test(door) {
      const app = await serve(door, [page]);
      const answers = [await fetch(`${app.url}/page`), await fetch(`${app.url}/page`)];
      const returned = answers.map(({ headers }) => headers.get("x-request-id"));
      expect((await app.settled(2)).map(({ requestId }) => requestId)).toEqual(returned);
      expect(returned).toEqual([expect.stringMatching(made), expect.stringMatching(made)]);
      expect(returned[0]).not.toBe(returned[1]);
    },
  },
  {
    name: "returns the id with answers that fail and that no route gave",
    async test(door) {
      const app = await serve(door, [{ path: "/broken", fails: "sync" }]);
      for (const path of ["/broken", "/nowhere"]) {
        const response = await fetch(app.url + path, { headers: { "x-request-id": "the-id" } });
        expect(response.headers.get("x-request-id")).toBe("the-id");
      }
      await app.settled(2);
    },
  },
  {
    name: "is in the scope of the request, and of that alone",
    async test(door) {
      const seen: unknown[] = [];
      const scoped: TestRoute = {
        path: "/scoped",
        async raw(_req, res) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          seen.push([currentRequest()?.requestId, trace.getActiveSpan()?.spanContext().spanId]);
          res.end();
        },
      };
      const app = await serve(door, [scoped]);
      const ids = ["a", "b", "c"];
      await Promise.all(ids.map((id) => fetch(`${app.url}/scoped`, { headers: { "x-request-id": id } })));
      const records = await app.settled(3);
      expect(seen.sort()).toEqual(records.map(({ requestId, spanId }) => [requestId, spanId]).sort());
      expect(currentRequest()).toBeUndefined();
    },
  },
  {
    name: "leaves a store that the app enters by itself wherever it is without the door",
    async test(door) {
      const storage = new AsyncLocalStorage<string>();
      const seen: [string, string | undefined][] = [];
      const entering: TestRoute = {
        path: "/entering",
        method: "post",
        raw(req, res) {
          storage.enterWith("the app's");
          const look = (where: string) => () => seen.push([where, storage.getStore()]);
          req.on("data", look("data")).on("end", look("end"));
          req.on("end", () => res.end("answered"));
          res.on("finish", look("finish")).on("close", look("close"));
        },
      };
      const ask = async (disabled: boolean) => {
        const app = await serveWith((aiwatch) => door.build(aiwatch, [entering]), { disabled });
        const client = await rawClient(app.port);
        client.socket.write(requestText("/entering", ["content-length: 4", "expect: 100-continue"], "POST"));
        await client.answers(/100 Continue/);
        for (let turns = 0; turns < 3; turns += 1) await turn();
        client.socket.write("text");
        await client.answers(/answered/);
        if (!disabled) await app.settled(1);
        await turn();
        return seen.splice(0);
      };
      const bare = await ask(true);
      expect(bare.map(([where]) => where)).toEqual(["data", "end", "finish", "close"]);
      expect(await ask(false)).toEqual(bare);
    },
  },
  {
    name: "is a child of its caller's span, and never of what was active around listen()",
    async test(door) {
      const outer = trace.getTracer("app").startSpan("around listen()");
      const app = await context.with(trace.setSpan(ROOT_CONTEXT, outer), () => serve(door, [page]));
      outer.end();
      await (await fetch(`${app.url}/page`)).text();
      await app.settled(1);
      const [span] = app.spans();
      expect(span?.kind).toBe(SpanKind.SERVER);
      expect(span?.parentSpanContext).toBeUndefined();
    },
  },
  {
    name: "enriches the server span that the app's own OpenTelemetry made, and makes none",
    async test(door) {
      const app = await serve(door, [{ path: "/users/:id", text: "user" }]);
      const key = createContextKey("OpenTelemetry SDK Context Key RPC_METADATA");
      const emit = app.server.emit.bind(app.server);
      // as OpenTelemetry's HTTP instrumentation does
      app.server.emit = (event: string, ...args: unknown[]) => {
        if (event !== "request") return emit(event, ...args);
        const span = trace.getTracer("http").startSpan("GET", { kind: SpanKind.SERVER });
        const active = trace.setSpan(ROOT_CONTEXT, span).setValue(key, { type: "http", span });
        (args[1] as NodeJS.EventEmitter).on("close", () => span.setAttribute("app", "its last word").end());
        return context.with(active, () => emit(event, ...args));
      };
      await (await fetch(`${app.url}/users/42`, { headers: { "x-request-id": "foreign" } })).text();
      const [record] = await app.settled(1);
      const [span] = app.spans();
      expect(span?.instrumentationScope.name).toBe("http");
      expect(span?.name).toBe("GET /users/:id");
      expect(span?.attributes).toMatchObject({ "http.route": "/users/:id", app: "its last word" });
      expect(record?.spanId).toBe(span?.spanContext().spanId);
    },
  },
];
