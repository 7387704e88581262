import { expect } from "vitest";
import type { DoorOptions } from "../doors/door.ts";
import type { Behaviour } from "./behaviour.ts";
import { type ServedApp, serve } from "./served-app.ts";
import type { TestRoute } from "./test-route.ts";

const user: TestRoute = { path: "/users/:id", text: "user" };

function fail(): never {
  throw new Error("the app's own option is broken");
}

const ask = async ({ url }: ServedApp, path = "/users/42") => await (await fetch(url + path)).text();

/** What the app tells a door. */
export const doorOptions: readonly Behaviour[] = [
  {
    name: "ignore: observes nothing of a request, and leaves it to the app",
    async test(door) {
      const app = await serve(door, [user], { ignore: (req) => req.url === "/users/ignored" });
      const response = await fetch(`${app.url}/users/ignored`);
      expect([response.headers.get("x-request-id"), await response.text()]).toEqual([null, "user"]);
      await ask(app);
      expect(await app.settled(1)).toMatchObject([{ path: "/users/42" }]);
    },
  },
  {
    name: "normalizeRoute: has the last word, in errors and without a route, too",
    async test(door) {
      const routes: TestRoute[] = [user, { path: "/broken", fails: "sync" }];
      const seen: unknown[] = [];
      const normalizeRoute: DoorOptions["normalizeRoute"] = (route, req) => {
        seen.push([route, req.method]);
        return route === "unmatched" ? "/nothing" : `/v1${route}`;
      };
      const app = await serve(door, routes, { normalizeRoute });
      for (const path of ["/users/42", "/broken", "/nowhere"]) await ask(app, path);
      expect((await app.settled(3)).map(({ route }) => route)).toEqual(["/v1/users/:id", "/v1/broken", "/nothing"]);
      expect(seen).toEqual([
        ["/users/:id", "GET"],
        ["/broken", "GET"],
        ["unmatched", "GET"],
      ]);
      expect(app.spans()[0]?.name).toBe("GET /v1/users/:id");
    },
  },
  {
    name: "userOf: names the user, by text or number, of whatever was known at the end",
    async test(door) {
      const ids: unknown[] = ["ada", 7, undefined, "", Promise.resolve("late"), {}];
      const userOf = () => ids.shift() as string;
      const app = await serve(door, [user], { userOf });
      for (const _ of [1, 2, 3, 4, 5, 6]) await ask(app);
      const users = (await app.settled(6)).map((record) => record.user);
      expect(users).toEqual(["ada", "7", undefined, "", undefined, undefined]);
    },
  },
  ...(["ignore", "normalizeRoute", "userOf"] as const).map((option) => ({
    name: `${option}: what it throws is reported, and changes nothing`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      const app = await serve(door, [user], { [option]: fail });
      expect(await ask(app)).toBe("user");
      const [record] = await app.settled(1);
      expect(record).toMatchObject({ route: "/users/:id", status: 200 });
      expect(record).not.toHaveProperty("user");
      expect(app.diagnostics).toMatchObject([{ source: "route", what: `the option ${option}` }]);
      expect(await app.sample("genai_app_telemetry_errors_total", { source: "route" })).toBe(1);
    },
  })),
  {
    name: "normalizeRoute: what is no name is not taken",
    async test(door) {
      const names: unknown[] = [undefined, "", 42, Promise.resolve("/late")];
      const app = await serve(door, [user], { normalizeRoute: () => names.shift() as string });
      for (const _ of [1, 2, 3, 4]) await ask(app);
      expect((await app.settled(4)).map(({ route }) => route)).toEqual(new Array(4).fill("/users/:id"));
    },
  },
];
