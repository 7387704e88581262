import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { doors } from "../test-support/doors.ts";
import { labelOf } from "../test-support/label-of.ts";
import { type ServedApp, serve, serveWith } from "../test-support/served-app.ts";
import type { TestRoute } from "../test-support/test-route.ts";
import type { DoorOptions } from "./door.ts";
import { aiwatchNode } from "./node.ts";

/** What an app's own function may answer where it was to name a route. */
const noNames: Readonly<Record<string, unknown>> = {
  "a number": 42,
  "an object": { route: "/users/:id" },
  "a list": ["/users/:id"],
  "an empty text": "",
  true: true,
  "a symbol": Symbol("route"),
  "a promise": Promise.resolve("/late"),
  "a promise that rejects": () => Promise.reject(new Error("late")),
};

const user: TestRoute = { path: "/users/:id", text: "user" };

const answerOf = (answer: unknown) => (typeof answer === "function" ? answer() : answer);

/** One request; its route as observers and as the metric have it. */
async function routesOf(app: ServedApp): Promise<readonly unknown[]> {
  await (await fetch(`${app.url}/users/42`)).text();
  const [record] = await app.settled(1);
  const metric = await app.registry.getSingleMetric("genai_app_http_requests_total")!.get();
  return [record?.route, ...metric.values.map(({ labels }) => labels["endpoint"])];
}

const unusable = (option: string) => ({
  source: "route",
  what: `${option}, by an answer that cannot be used,`,
  error: expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT" }),
});

describe.each(Object.values(doors))("what the app answers at the door of $name", (door) => {
  it.each(Object.entries(noNames))(
    "normalizeRoute: %s is no route, here nor there, and is reported",
    async (_what, answer) => {
      const normalizeRoute = (() => answerOf(answer)) as DoorOptions["normalizeRoute"] & {};
      const app = await serve(door, [user], { normalizeRoute });
      expect(await routesOf(app)).toEqual(["/users/:id", "/users/:id"]);
      expect(app.diagnostics).toContainEqual(unusable("the option normalizeRoute"));
    },
  );

  it.each([undefined, null])("normalizeRoute: %s leaves the template, without a word", async (answer) => {
    const app = await serve(door, [user], { normalizeRoute: (() => answer) as never });
    expect(await routesOf(app)).toEqual(["/users/:id", "/users/:id"]);
    expect(app.diagnostics).toEqual([]);
  });

  it.each([
    ["longer than a label", "x".repeat(10_000), labelOf("x".repeat(10_000))],
    ["cut within a character", `${"x".repeat(255)}💥`, labelOf(`${"x".repeat(255)}💥`)],
    ["half a character", "/\ud800", "/\ufffd"],
    ["the other half", "/\udfff", "/\ufffd"],
  ])("normalizeRoute: a text that is %s is the same in records and metrics", async (_what, text, route) => {
    const app = await serve(door, [user], { normalizeRoute: () => text });
    expect(await routesOf(app)).toEqual([route, route]);
  });

  it.each([1, "yes", {}, [], Promise.resolve(true)])("ignore: %j ignores nothing, and is reported", async (answer) => {
    const app = await serve(door, [user], { ignore: (() => answer) as never });
    expect(await routesOf(app)).toEqual(["/users/:id", "/users/:id"]);
    expect(app.diagnostics).toContainEqual(unusable("the option ignore"));
  });
});

describe("routeOf of node:http", () => {
  const serveNode = (routeOf: () => unknown) =>
    serveWith((aiwatch) =>
      createServer(aiwatchNode((_req, res) => void res.end("user"), aiwatch, { routeOf: routeOf as never })),
    );

  it.each(Object.entries(noNames))(
    "%s is a route that cannot be known, here and there, and is reported",
    async (_what, answer) => {
      const app = await serveNode(() => answerOf(answer));
      expect(await routesOf(app)).toEqual(["/*", "/*"]);
      expect(app.diagnostics).toContainEqual(unusable("finding the route's template"));
    },
  );

  it.each([undefined, null])("%s is a request that no route took", async (answer) => {
    const app = await serveNode(() => answer);
    expect(await routesOf(app)).toEqual(["unmatched", "unmatched"]);
    expect(app.diagnostics).toEqual([]);
  });
});
