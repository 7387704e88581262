import { expect } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { pipeline } from "./pipeline.ts";
import { requestText } from "./raw-client.ts";
import { type ServedApp, serve } from "./served-app.ts";
import type { TestRoute } from "./test-route.ts";

const user: TestRoute = { path: "/users/:id", text: "user" };
const item: TestRoute = { mount: "/tenants/:tenant", path: "/items/:id", text: "item" };

/** As many values as the catalogue lets the label `endpoint` have. */
const cap = 200;

const requests = "genai_app_http_requests_total";
const durations = "genai_app_http_request_duration_seconds";

/** The samples of `name`, by their labels' values. */
async function samplesOf({ registry }: ServedApp, name: string): Promise<Record<string, number>> {
  const family = await registry.getSingleMetric(name.replace(/_count$/, ""))!.get();
  const values = family.values as readonly { metricName?: string; labels: object; value: number }[];
  const wanted = values.filter(({ metricName = name }) => metricName === name);
  return Object.fromEntries(wanted.map(({ labels, value }) => [Object.values(labels).join(" "), value]));
}

async function droppedBy(app: ServedApp): Promise<Record<string, number>> {
  const dropped = Object.entries(await samplesOf(app, "genai_app_series_dropped_total"));
  return Object.fromEntries(dropped.filter(([, value]) => value > 0));
}

/** More paths, and more routes, than anybody has series for: `many` of each kind. */
export const manyPaths = (many: number): readonly Behaviour[] => [
  {
    name: `makes three series of ${(2.1 * many).toLocaleString("en")} distinct paths: of no route, of a route, and of one in a mounted router`,
    async test(door) {
      const app = await serve(door, [user, item]);
      const numbers = Array.from({ length: many }, (_, number) => number);
      const paths = numbers.flatMap((number) => [`/x/${number}`, `/users/${number}`]);
      const mounted = numbers.slice(0, many / 10).map((number) => `/tenants/${number}/items/${number}`);
      const all = [...paths, ...mounted].map((path) => requestText(path));
      await pipeline(app.port, all);
      await app.settled(all.length);
      expect(await samplesOf(app, requests)).toEqual({
        "GET unmatched 404": many,
        "GET /users/:id 200": many,
        "GET /tenants/:tenant/items/:id 200": many / 10,
      });
      expect(Object.keys(await samplesOf(app, `${durations}_count`))).toHaveLength(3);
      expect(await droppedBy(app)).toEqual({});
      expect(app.diagnostics).toEqual([]);
    },
  },
  {
    name: `keeps the first 200 routes of an app that names ${many.toLocaleString("en")}, and counts each recording of the others as dropped`,
    async test(door) {
      let named = 0;
      const normalizeRoute = () => {
        named += 1;
        return `/route-${named}`;
      };
      const app = await serve(door, [user], { normalizeRoute });
      await pipeline(app.port, new Array(many).fill(requestText("/users/1")));
      await app.settled(many);
      const counted = await samplesOf(app, requests);
      expect(Object.keys(counted)).toHaveLength(cap + 1);
      expect(counted).toMatchObject({ "GET /route-1 200": 1, "GET /route-200 200": 1, "GET other 200": many - cap });
      const timed = await samplesOf(app, `${durations}_count`);
      expect(Object.keys(timed)).toHaveLength(cap + 1);
      expect(timed).toMatchObject({ "GET /route-200": 1, "GET other": many - cap });
      expect(await droppedBy(app)).toEqual({ [requests]: many - cap, [durations]: many - cap });
      expect(app.diagnostics).toEqual([]);
    },
  },
];
