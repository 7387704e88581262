import { expect } from "vitest";
import type { RequestRecord } from "../request/record.ts";
import type { Behaviour } from "./behaviour.ts";
import { expectHarmless } from "./harmless.ts";
import { rawClient, requestText } from "./raw-client.ts";
import { serve } from "./served-app.ts";
import type { TestRoute } from "./test-route.ts";
import { forged } from "./unforged.ts";

const user: TestRoute = { path: "/users/:id", text: "user" };
const encoded = encodeURIComponent(`\n${forged}`);

/** What is asked for, and the path that is written down. Each is counted once, by every framework that does not refuse it by itself. */
const targets: Readonly<Record<string, string>> = {
  "/__proto__": "/__proto__",
  "/users/__proto__": "/users/__proto__",
  "/users/constructor": "/users/constructor",
  "/tenants/__proto__/items/toString": "/tenants/__proto__/items/toString",
  "//": "//",
  "//users/42": "//users/42",
  "///": "///",
  "/%": "/%",
  "/users/%": "/users/%",
  "/users/%zz": "/users/%zz",
  "/users/%f0%9f": "/users/%f0%9f",
  "/tenants/%/items/1": "/tenants/%/items/1",
  "/%00": "/%00",
  "/users/%00": "/users/%00",
  "/..%2f..%2fetc": "/..%2f..%2fetc",
  "/users/../../etc": "/users/../../etc",
  "/users/..%2f": "/users/..%2f",
  [`/users/${encoded}`]: `/users/${encoded}`,
  [`/users/${forged}`]: `/users/${forged}`,
  '/users/x"}\\n': '/users/x"}\\n',
  "/users/1?canary=1&canary=2": "/users/1",
  [`/users/1?${"canary".repeat(2_000)}`]: "/users/1",
  "/?canary": "/",
  "/??canary": "/",
  "/users/1#canary": "/users/1",
  "/#canary?canary": "/",
  "/users/1;canary?x": "/users/1;canary",
  "http://x/users/42": "http://x/users/42",
  "http://x/tenants/1/items/2": "http://x/tenants/1/items/2",
  "HTTP://X:80/users/42?canary": "HTTP://X:80/users/42",
  "http://ada:canary@x/users/42": "http://x/users/42",
  "http://x": "http://x",
  "http://x?canary": "http://x",
};

/** Methods that Node knows and no app of these serves. */
const methods = ["PROPFIND", "MKCOL", "SEARCH", "TRACE", "PURGE", "M-SEARCH", "REPORT", "LINK", "QUERY", "OPTIONS"];

const ask = (target: string, method = "GET") => requestText(target, ["connection: close"], method);

/** Fastify answers what it cannot decode before any of its hooks, and Hono's server what it can make no URL of. */
function passes(door: string, target: string): boolean {
  if (door === "Hono") return !/\\|^HTTP:|^\*$/.test(target);
  return door !== "Fastify" || !/%(?![0-9a-f]{2})|%f0%9f$/i.test(target);
}

function expectNothingOfTheQuery(seen: object): void {
  expect(JSON.stringify(seen).replaceAll(";canary", "")).not.toContain("canary");
}

/** Targets and methods that no well-behaved client asks for. */
export const hostileTargets: readonly Behaviour[] = [
  ...Object.entries(targets).map(([target, path]) => ({
    name: `is asked for ${target.slice(0, 60)}`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      const { record, span } = await expectHarmless(door, ask(target), {}, passes(door.name, target));
      if (record === undefined) return;
      expect(record.path).toBe(path);
      expect(["/users/:id", "/tenants/:tenant/items/:id", "unmatched"]).toContain(record.route);
      expect(record.route === "unmatched").toBe(record.status !== 200);
      expect(span?.attributes["url.path"]).toBe(path);
      expectNothingOfTheQuery({ record, span: span?.attributes });
    },
  })),
  ...methods.map((method) => ({
    name: `is asked to ${method}`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      const { record, app } = await expectHarmless(door, ask("/users/42", method));
      expect(record?.method).toBe(method);
      const counted = method === "OPTIONS" ? method : "other";
      const { route: endpoint, status } = record as RequestRecord;
      expect(await app.sample("genai_app_http_requests_total", { method: counted, endpoint, status })).toBe(1);
    },
  })),
  {
    name: "is asked for OPTIONS of everything",
    async test(door) {
      const isPassed = passes(door.name, "*");
      const { record } = await expectHarmless(door, ask("*", "OPTIONS"), {}, isPassed);
      if (isPassed) expect(record).toMatchObject({ method: "OPTIONS", path: "*" });
    },
  },
  ...["BREW", "get", "__proto__"].map((method) => ({
    name: `is asked to ${method}, which Node refuses`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      const { answer } = await expectHarmless(door, ask("/users/42", method), {}, false);
      expect(answer).toMatch(/^HTTP\/1.1 400 /);
    },
  })),
  {
    name: "is asked for a tunnel, which nobody digs",
    async test(door) {
      const { answer } = await expectHarmless(door, ask("x:443", "CONNECT"), {}, false);
      expect(answer).toBe("");
    },
  },
  {
    name: "takes a path of 15 kB",
    async test(door) {
      const app = await serve(door, [user]);
      const client = await rawClient(app.port);
      client.socket.write(requestText(`/${"x".repeat(15_000)}`));
      await client.answers(/HTTP\/1.1 404/);
      expect((await app.settled(1))[0]?.path).toHaveLength(15_001);
      expect(app.spans()[0]?.attributes["url.path"]).toHaveLength(512);
      expect(app.diagnostics).toEqual([]);
    },
  },
  {
    name: "counts nothing of what is no HTTP",
    async test(door) {
      const app = await serve(door, [user]);
      const client = await rawClient(app.port);
      client.socket.write("hello\r\n\r\n");
      await client.closed;
      await app.settled(0);
    },
  },
];
