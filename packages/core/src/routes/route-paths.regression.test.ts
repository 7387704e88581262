import { describe, expect, it } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { clientReports } from "../reports/client-reports.ts";
import { doors } from "../test-support/doors.ts";
import { serve } from "../test-support/served-app.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { routeHandler } from "./handlers.ts";
import { createOwnRoutes, type RouteOptions } from "./own-routes.ts";

const refused = (message: string) => expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message });

it.each([
  [
    { metrics: "metrics" },
    'routes.metrics is "metrics", expected a path that begins with "/", without query, or false',
  ],
  [{ metrics: 9090 }, 'routes.metrics is 9090, expected a path that begins with "/", without query, or false'],
  [{ health: "" }, 'routes.health is "", expected a path that begins with "/", without query, or false'],
  [{ health: "/a b" }, 'routes.health is "/a b", expected a path that begins with "/", without query, or false'],
  [{ health: "/x?y" }, 'routes.health is "/x?y", expected a path that begins with "/", without query, or false'],
  [{ health: {} }, 'routes.health is an object, expected a path that begins with "/", without query, or false'],
  [{ metrcis: false }, /^routes is "metrcis", expected the names of routes: metrics, summary, /],
  [{ constructor: false }, /^routes is "constructor"/],
  [true, "routes is true, expected an object of paths, or false"],
  [null, "routes is null, expected an object of paths, or false"],
])("routes that cannot be used are an error at the mount: %j", (routes, message) => {
  const create = () => createOwnRoutes(hostOf(createTestAiwatch().aiwatch), { routes } as RouteOptions);
  expect(create).toThrow(refused(message instanceof RegExp ? (expect.stringMatching(message) as never) : message));
});

describe.each(Object.values(doors))("a route that is left out at the door of $name", (door) => {
  it("is the app's", async () => {
    const { url } = await serve(door, [{ path: "/metrics", text: "the app's own" }], { routes: { metrics: false } });
    expect(await (await fetch(`${url}/metrics`)).text()).toBe("the app's own");
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });
});

it.each([
  [
    { routes: { log: true } },
    /^routes\.log is true, expected the option reports: clientReports\(\) of @aiwatch\/core\/reports/,
  ],
  [{ routes: { error: "/oops" } }, /^routes\.error is "\/oops", expected the option reports/],
  [{ reports: true }, /^reports is true, expected what clientReports\(\) of @aiwatch\/core\/reports returns$/],
  [{ reports: { open: 1 } }, /^reports is an object, expected what clientReports\(\)/],
])("reports that nobody serves are an error at the mount: %j", (options, message) => {
  const create = () => createOwnRoutes(hostOf(createTestAiwatch().aiwatch), options as unknown as RouteOptions);
  expect(create).toThrow(refused(expect.stringMatching(message) as never));
});

it("a route that is none, and one whose reports nobody serves, are an error at the handler", () => {
  const { aiwatch } = createTestAiwatch();
  expect(() => routeHandler(aiwatch, "metrcis" as never)).toThrow(
    refused(expect.stringMatching(/^the route is "metrcis", expected one of metrics, summary, /) as never),
  );
  expect(() => routeHandler(aiwatch, "log")).toThrow(refused(expect.stringMatching(/option reports/) as never));
});

it("reports are served at their paths, at others, or at some of them", () => {
  const reports = clientReports();
  const pathsOf = (routes?: RouteOptions["routes"]) =>
    createOwnRoutes(hostOf(createTestAiwatch().aiwatch), { reports, ...(routes !== undefined && { routes }) })
      .among(["POST"])
      .filter(({ methods }) => methods.length > 0)
      .map(({ path }) => path);
  expect(pathsOf()).toEqual(["/metrics/log", "/metrics/error", "/aiwatch/browser"]);
  expect(pathsOf({ log: "/seen", error: false })).toEqual(["/seen", "/aiwatch/browser"]);
  expect(pathsOf({ log: false, error: false, browser: "/seen" })).toEqual(["/seen"]);
  expect(pathsOf(false)).toEqual([]);
});
