import { expect } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { serve } from "./served-app.ts";

/** AIWatch's own routes, through every door. */
export const ownRoutes: readonly Behaviour[] = [
  {
    name: "answers its own routes, which are counted, and never active",
    async test(door) {
      const app = await serve(door, []);
      let during: number | undefined;
      app.aiwatch.health.addCheck("active", async () => {
        during = await app.sample("genai_app_active_requests");
        return true;
      });
      for (const path of ["/readiness", "/readyz", "/livez", "/health", "/metrics", "/metrics/summary?x=1"]) {
        expect((await fetch(app.url + path)).status).toBe(200);
      }
      expect((await fetch(`${app.url}/metrics`, { method: "HEAD" })).status).toBe(200);
      expect(during).toBe(0);
      const records = await app.settled(7);
      expect(records.every(({ own }) => own)).toBe(true);
      expect(records[5]).toMatchObject({ route: "/metrics/summary", status: 200, logged: false });
      expect(app.aiwatch.summary()).toMatchObject({ totalRequests: 0 });
    },
  },
  {
    name: "leaves other methods of its GET routes to the app",
    async test(door) {
      const app = await serve(door, [{ path: "/health", method: "post", text: "the app's" }]);
      expect(await (await fetch(`${app.url}/health`, { method: "POST" })).text()).toBe("the app's");
      expect((await fetch(`${app.url}/metrics`, { method: "DELETE" })).status).toBe(404);
      expect(await app.settled(2)).toMatchObject([
        { route: "/health", own: false },
        { route: "unmatched", own: false },
      ]);
    },
  },
  {
    name: "takes reports of browsers where the app opted in, and no other method there",
    async test(door) {
      const app = await serve(door, [], { routes: { log: true, error: "/oops" } });
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ error_type: "TypeError" });
      expect((await fetch(`${app.url}/oops`, { method: "POST", headers, body })).status).toBe(200);
      for (const method of ["GET", "PUT", "DELETE"]) {
        expect((await fetch(`${app.url}/metrics/log`, { method })).status).toBe(405);
      }
      expect(app.requests.every(({ own }) => own)).toBe(true);
    },
  },
  {
    name: "leaves out, renames and guards its routes",
    async test(door) {
      const routes = { metrics: "/internal/metrics", health: false } as const;
      const app = await serve(door, [], { routes, authorize: (req) => req.headers["x-key"] === "right" });
      const status = async (path: string, key = "") =>
        (await fetch(app.url + path, { headers: { "x-key": key } })).status;
      expect(await status("/metrics")).toBe(404);
      expect(await status("/health")).toBe(404);
      expect(await status("/internal/metrics")).toBe(403);
      expect(await status("/internal/metrics", "right")).toBe(200);
      expect((await app.settled(4)).map(({ own }) => own)).toEqual([false, false, true, true]);
      const none = await serve(door, [], { routes: false });
      expect((await fetch(`${none.url}/metrics`)).status).toBe(404);
    },
  },
];
