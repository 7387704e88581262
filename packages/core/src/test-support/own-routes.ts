import type { IncomingMessage } from "node:http";
import { diagnosticsRoute } from "@aiwatch/core/diagnostics";
import type { DiagnosticsAnswer } from "@aiwatch/core/diagnostics-schema";
import { clientReports } from "@aiwatch/core/reports";
import { expect } from "vitest";
import type { AiwatchHost } from "../aiwatch/host.ts";
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
      const app = await serve(door, [], { reports: clientReports(), routes: { error: "/oops" } });
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ error_type: "TypeError" });
      expect((await fetch(`${app.url}/oops`, { method: "POST", headers, body })).status).toBe(200);
      const spans = [{ kind: "answer", startedAt: 0, durationMs: 1, outcome: "aborted" }];
      const batch = JSON.stringify({ schema: 1, id: "5f1d0e8a9b2c4d6e", spans, padding: "x".repeat(60_000) });
      expect((await fetch(`${app.url}/aiwatch/browser`, { method: "POST", headers, body: batch })).status).toBe(204);
      expect(await app.sample("genai_app_client_answers_total", { outcome: "left" })).toBe(1);
      for (const method of ["GET", "PUT", "DELETE"]) {
        for (const path of ["/metrics/log", "/aiwatch/browser"])
          expect((await fetch(app.url + path, { method })).status).toBe(405);
      }
      expect(app.requests.every(({ own }) => own)).toBe(true);
    },
  },
  {
    name: "lists the models where the app opted in, in the Go system's shape",
    async test(door) {
      const app = await serve(door, [], { routes: { models: true } });
      const list = async () => await (await fetch(`${app.url}/models`)).json();
      expect(await list()).toEqual([]);
      const info = { architecture: "llama", quantization: "Q8_0", parameters: 1_235_814_432 };
      (app.aiwatch as AiwatchHost).models.watch("llama3.2", () => ({ info, modelMemoryBytes: 1.22 * 2 ** 30 }));
      app.aiwatch.reportModel("small", { modelMemoryBytes: 900, info: { parameters: 999 } });
      const unknown = { quantization: "", architecture: "", created: "" };
      expect(await list()).toEqual([
        { ...unknown, ...info, name: "llama3.2", modelId: "llama3.2", parameters: "1.24 B", size: "1.22 GiB" },
        { ...unknown, name: "small", modelId: "small", parameters: "999", size: "900 B" },
      ]);
      expect((await app.settled(2)).map(({ own, route }) => [own, route])).toEqual(Array(2).fill([true, "/models"]));
    },
  },
  {
    name: "leaves /models to the app where it did not opt in",
    async test(door) {
      const app = await serve(door, [{ path: "/models", text: "the app's" }]);
      expect(await (await fetch(`${app.url}/models`)).text()).toBe("the app's");
    },
  },
  {
    name: "tells diagnostics where the app opted in, to whoever is authorized",
    async test(door) {
      const authorize = (req: IncomingMessage) => req.headers["x-key"] === "right";
      const app = await serve(door, [], {
        diagnostics: diagnosticsRoute(),
        authorize,
        routes: { diagnostics: "/own" },
      });
      expect((await fetch(`${app.url}/own`)).status).toBe(403);
      const response = await fetch(`${app.url}/own`, { headers: { "x-key": "right" } });
      expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
      const { schema, service, settings, doors } = (await response.json()) as DiagnosticsAnswer;
      expect([schema, service]).toEqual([1, app.aiwatch.service]);
      expect(settings.find(({ name }) => name === "latencyMs")?.readings).toContainEqual({ from: "default" });
      // what is mounted is of the whole process, the doors of other tests too
      const mine = doors.filter(({ routes }) => routes.includes("/own"));
      expect(mine).toContainEqual({
        framework: expect.stringMatching(new RegExp(door.name.split(" ")[0] ?? "", "i")),
        options: expect.arrayContaining(["diagnostics", "authorize", "routes"]),
        routes: expect.arrayContaining(["/metrics", "/own"]),
        mounts: expect.any(Number),
      });
    },
  },
  {
    name: "leaves /metrics/diagnostics to the app where it did not opt in",
    async test(door) {
      const app = await serve(door, [{ path: "/metrics/diagnostics", text: "the app's" }]);
      expect(await (await fetch(`${app.url}/metrics/diagnostics`)).text()).toBe("the app's");
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
