import { describe, expect, it } from "vitest";
import { diagnosticsRoute } from "../diagnostics/index.ts";
import { liveStream } from "../live/index.ts";
import { clientReports } from "../reports/client-reports.ts";
import { doors } from "../test-support/doors.ts";
import { serve } from "../test-support/served-app.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { type HandlerOptions, metricsHandler } from "./handlers.ts";

type Authorize = HandlerOptions["authorize"] & {};

/** Answers of plain JavaScript that are not the `true` that was asked for; each of them is true in an `if`. */
const opening: Readonly<Record<string, unknown>> = {
  "an object that says no": { ok: false },
  "the text false": "false",
  "the number 1": 1,
  "an empty list": [],
  "a user": { name: "ada" },
  "a function": () => true,
  "true in an object": new Boolean(true),
  "a promise within a list": [Promise.resolve(true)],
};

const routes = { models: true, chats: true };
const readable = [
  "/metrics",
  "/metrics/summary",
  "/metrics/chats",
  "/metrics/live",
  "/metrics/diagnostics",
  "/models",
  "/health",
  "/readiness",
  "/livez",
  "/readyz",
];

describe.each(Object.values(doors))("authorize at the door of $name", (door) => {
  it.each(Object.entries(opening))("lets nobody in by %s, at once or by a promise", async (_what, answer) => {
    const { url, diagnostics } = await serve(door, [], {
      routes,
      reports: clientReports(),
      diagnostics: diagnosticsRoute(),
      live: liveStream(),
      authorize: ((_req, route) => (route === "health" ? Promise.resolve(answer) : answer)) as Authorize,
    });
    for (const path of readable) expect([path, (await fetch(url + path)).status]).toEqual([path, 403]);
    for (const path of ["/metrics/log", "/metrics/error", "/aiwatch/browser"]) {
      const headers = { "content-type": "application/json" };
      const response = await fetch(url + path, { method: "POST", headers, body: "{}" });
      expect([path, response.status]).toEqual([path, 403]);
    }
    expect(diagnostics[0]).toMatchObject({
      source: "route",
      what: "the option authorize, by an answer that cannot be used,",
      error: { code: "AIWATCH_INVALID_ARGUMENT", message: expect.stringMatching(/expected true or false$/) },
    });
  });

  it.each([false, undefined, null])("refuses by %s without a word", async (answer) => {
    const { url, diagnostics } = await serve(door, [], { authorize: (() => answer) as Authorize });
    expect((await fetch(`${url}/metrics`)).status).toBe(403);
    expect(diagnostics).toEqual([]);
  });

  it("stays shut where it throws or rejects, and says so", async () => {
    const broken = new Error("the app's own");
    const { url, diagnostics } = await serve(door, [], {
      authorize: (_req, route) => {
        if (route === "health") throw broken;
        return Promise.reject(broken);
      },
    });
    for (const path of ["/health", "/metrics"]) expect((await fetch(url + path)).status).toBe(500);
    expect(diagnostics.map(({ error }) => error)).toEqual([broken, broken]);
  });
});

it.each([true, "everyone", {}])("authorize is an error at the mount where it is %j", (authorize) => {
  const { aiwatch } = createTestAiwatch();
  const options = { authorize } as unknown as HandlerOptions;
  expect(() => metricsHandler(aiwatch, options)).toThrow(
    expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message: expect.stringMatching(/^authorize is /) }),
  );
});
