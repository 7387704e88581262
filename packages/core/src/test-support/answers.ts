import { currentRequest } from "@aiwatch/core";
import { trace } from "@opentelemetry/api";
import { expect } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { rawClient, requestText } from "./raw-client.ts";
import { serve } from "./served-app.ts";
import type { TestRoute } from "./test-route.ts";

const page: TestRoute = { path: "/page", text: "page" };
const user: TestRoute = { path: "/users/:id", text: "user" };

/** Requests that are answered to their end, well or badly. */
export const answers: readonly Behaviour[] = [
  {
    name: "counts an answer by method, template and status, times it, and names its span",
    async test(door) {
      const app = await serve(door, [user]);
      expect(await (await fetch(`${app.url}/users/42?key=canary`, { headers: { "user-agent": "ada" } })).text()).toBe(
        "user",
      );
      const [record] = await app.settled(1);
      expect(record).toMatchObject({ method: "GET", path: "/users/42", route: "/users/:id", status: 200 });
      expect(record).toMatchObject({ userAgent: "ada", aborted: false, own: false, logged: false });
      const labels = { method: "GET", endpoint: "/users/:id" };
      expect(await app.sample("genai_app_http_requests_total", { ...labels, status: 200 })).toBe(1);
      const seconds = await app.sample("genai_app_http_request_duration_seconds_sum", labels);
      expect(seconds).toBeCloseTo(record!.durationMs! / 1000, 9);
      const [span] = app.spans();
      expect(span?.name).toBe("GET /users/:id");
      expect(span?.attributes).toMatchObject({ "http.route": "/users/:id", "http.response.status_code": 200 });
      expect(span?.attributes).toMatchObject({ "url.path": "/users/42", "url.scheme": "http" });
      expect(record).toMatchObject({ traceId: span?.spanContext().traceId, spanId: span?.spanContext().spanId });
      expect(JSON.stringify([record, span?.attributes])).not.toContain("canary");
    },
  },
  {
    name: "counts what no route took as unmatched",
    async test(door) {
      const app = await serve(door, [user]);
      expect((await fetch(`${app.url}/nowhere`)).status).toBe(404);
      expect((await fetch(`${app.url}/users/42`, { method: "DELETE" })).status).toBe(404);
      expect(await app.settled(2)).toMatchObject([
        { route: "unmatched", status: 404, method: "GET" },
        { route: "unmatched", status: 404, method: "DELETE" },
      ]);
      expect(app.spans().map(({ name }) => name)).toEqual(["GET", "DELETE"]);
    },
  },
  ...(["sync", "async"] as const).map((fails) => ({
    name: `counts an error that a handler throws (${fails}), and leaves it to the app`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      const app = await serve(door, [{ path: "/broken/:id", fails }]);
      expect((await fetch(`${app.url}/broken/7`)).status).toBe(500);
      expect(await app.settled(1)).toMatchObject([
        { route: "/broken/:id", status: 500, failure: { type: "internal" }, aborted: false },
      ]);
      expect(await app.sample("genai_app_errors_total", { type: "internal", operation: "http" })).toBe(1);
      expect(app.spans()).toMatchObject([{ status: { code: 2 }, attributes: { "error.type": "internal" } }]);
    },
  })),
  {
    name: "counts HEAD as such, by the template of its GET",
    async test(door) {
      const app = await serve(door, [user]);
      const response = await fetch(`${app.url}/users/42`, { method: "HEAD" });
      expect([response.status, await response.text()]).toEqual([200, ""]);
      expect(await app.settled(1)).toMatchObject([{ method: "HEAD", route: "/users/:id", status: 200 }]);
    },
  },
  {
    name: "takes bodies of no length, in both directions",
    async test(door) {
      const empty: TestRoute = { path: "/empty", method: "post", raw: (_req, res) => res.writeHead(204).end() };
      const app = await serve(door, [empty]);
      const client = await rawClient(app.port);
      client.socket.write(requestText("/empty", ["content-length: 0"], "POST"));
      client.socket.write(requestText("/empty", ["transfer-encoding: chunked"], "POST", "0\r\n\r\n"));
      await client.answers(/HTTP\/1.1 204/, 2);
      expect(await app.settled(2)).toMatchObject([{ status: 204 }, { status: 204 }]);
    },
  },
  {
    name: "tells requests of one connection apart, one after another",
    async test(door) {
      const app = await serve(door, [user, page]);
      const client = await rawClient(app.port);
      for (const [index, path] of ["/users/1", "/page", "/users/2"].entries()) {
        client.socket.write(requestText(path, [`x-request-id: id-${index}`]));
        await client.answers(/HTTP\/1.1 200/, index + 1);
      }
      expect((await app.settled(3)).map(({ requestId, route }) => [requestId, route])).toEqual([
        ["id-0", "/users/:id"],
        ["id-1", "/page"],
        ["id-2", "/users/:id"],
      ]);
    },
  },
  {
    name: "tells requests of one connection apart that came at once",
    async test(door) {
      const slow: TestRoute = { path: "/slow", raw: (_req, res) => setTimeout(() => res.end("slow"), 10) };
      const app = await serve(door, [slow, user]);
      const client = await rawClient(app.port);
      client.socket.write(requestText("/slow", ["x-request-id: a"]) + requestText("/users/1", ["x-request-id: b"]));
      await client.answers(/HTTP\/1.1 200/, 2);
      expect(await app.settled(2)).toMatchObject([
        { requestId: "a", route: "/slow", status: 200, aborted: false },
        { requestId: "b", route: "/users/:id", status: 200, aborted: false },
      ]);
      expect(client.answered.indexOf("x-request-id: a")).toBeLessThan(client.answered.indexOf("x-request-id: b"));
    },
  },
  {
    name: "counts a request that waits for leave to send its body",
    async test(door) {
      const echo: TestRoute = { path: "/echo", method: "post", parsed: ({ text }) => text };
      const app = await serve(door, [echo]);
      const client = await rawClient(app.port);
      const body = JSON.stringify({ text: "sent after leave" });
      const headers = ["content-type: application/json", `content-length: ${body.length}`, "expect: 100-continue"];
      client.socket.write(requestText("/echo", headers, "POST"));
      await client.answers(/HTTP\/1.1 100 Continue/);
      client.socket.write(body);
      await client.answers(/sent after leave/);
      expect(await app.settled(1)).toMatchObject([{ method: "POST", route: "/echo", status: 200 }]);
    },
  },
  {
    name: "keeps the request's scope and span behind a parser, for a body of many pieces",
    async test(door) {
      const seen: unknown[] = [];
      const parsed: TestRoute = {
        path: "/echo",
        method: "post",
        parsed: ({ text }) => {
          seen.push(currentRequest()?.requestId);
          return String(text.length);
        },
      };
      const app = await serve(door, [parsed]);
      const ask = async (id: string) => {
        const headers = { "content-type": "application/json", "x-request-id": id };
        const body = JSON.stringify({ text: "x".repeat(2_000_000) });
        return (await fetch(`${app.url}/echo`, { method: "POST", headers, body })).text();
      };
      expect(await Promise.all(["a", "b", "c"].map(ask))).toEqual(["2000000", "2000000", "2000000"]);
      await app.settled(3);
      expect(seen.sort()).toEqual(["a", "b", "c"]);
    },
  },
  {
    name: "keeps the request's scope and span for an app that listens to the request's own events",
    async test(door) {
      const seen: unknown[] = [];
      const listen: TestRoute = {
        path: "/listen",
        method: "post",
        raw: (req, res) => {
          req.on("data", () => {});
          req.on("end", () => {
            const active = trace.getActiveSpan()?.spanContext().spanId;
            seen.push([currentRequest()?.requestId, active]);
            res.end("heard");
          });
        },
      };
      const app = await serve(door, [listen]);
      const client = await rawClient(app.port);
      const post = (id: string) =>
        requestText("/listen", [`x-request-id: ${id}`, "content-length: 200000"], "POST", "x".repeat(200_000));
      client.socket.write(post("a") + post("b"));
      await client.answers(/heard/, 2);
      const records = await app.settled(2);
      expect(records.map(({ requestId }) => requestId)).toEqual(["a", "b"]);
      expect(seen).toEqual(records.map(({ requestId, spanId }) => [requestId, spanId]));
    },
  },
];
