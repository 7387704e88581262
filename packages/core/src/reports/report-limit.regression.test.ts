import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { type HandlerOptions, routeHandler } from "../routes/handlers.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { clientReports } from "./client-reports.ts";
import type { ReportLimits } from "./report-limit.ts";
import { post } from "./test-support/posted.ts";

const flooder = "203.0.113.1";
const clientNumber = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;

/** As an app's own look-up: all that came meanwhile go on in one turn. */
const later = () => new Promise<boolean>((resolve) => setImmediate(resolve, true));

function count(statuses: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function serve(options: HandlerOptions = {}, now?: () => number) {
  const clock = now && { clock: { now } };
  const { aiwatch, diagnostics } = createTestAiwatch({ ...(clock as object) });
  return { log: routeHandler(aiwatch, "log", { reports: clientReports(), ...options }), diagnostics, aiwatch };
}

describe.each([
  ["that awaits", later],
  ["that answers at once", () => true],
])("a flood at a door with an authorize %s", (_what, answer) => {
  it("is taken up to the client's limit, does not come to authorize beyond it, and leaves the others alone", async () => {
    let asked = 0;
    const authorize = () => {
      asked += 1;
      return answer();
    };
    const { log } = serve({ authorize, reports: clientReports({ perClientPerMinute: 5, perMinute: 50 }) });
    const flood = await Promise.all(Array.from({ length: 6_600 }, () => post(log, { address: flooder })));
    expect([count(flood), asked]).toEqual([{ 200: 5, 429: 6_595 }, 5]);
    const others = await Promise.all(Array.from({ length: 45 }, (_, n) => post(log, { address: clientNumber(n) })));
    expect(count(others)).toEqual({ 200: 45 });
    expect(await post(log, { address: clientNumber(99) })).toBe(429);
  });

  it("of reports that authorize refuses uses up nothing that the others share", async () => {
    const authorize = async (req: { headers: object }) => "x-key" in req.headers && (await answer());
    const { log } = serve({ authorize, reports: clientReports({ perClientPerMinute: 100, perMinute: 3 }) });
    const flood = await Promise.all(Array.from({ length: 500 }, () => post(log, { address: flooder })));
    expect(count(flood)).toEqual({ 403: 100, 429: 400 });
    const headers = { "x-key": "right" };
    const others = await Promise.all([1, 2, 3, 4].map((n) => post(log, { address: clientNumber(n), headers })));
    expect(count(others)).toEqual({ 200: 3, 429: 1 });
  });
});

describe("the limit of each client", () => {
  it("leaves 100,000 clients alone that share a door with a flood, and remembers them in little", async () => {
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc") as () => void;
    const { log } = serve({ authorize: later });
    await post(log, { address: flooder });
    gc();
    const before = process.memoryUsage().heapUsed;
    const others: number[] = [];
    const flood: number[] = [];
    for (let n = 0; n < 100_000; n += 1_000) {
      const clients = Array.from({ length: 1_000 }, (_, index) => post(log, { address: clientNumber(n + index) }));
      const more = Array.from({ length: 100 }, () => post(log, { address: flooder }));
      others.push(...(await Promise.all(clients)));
      flood.push(...(await Promise.all(more)));
    }
    gc();
    const grownBytes = process.memoryUsage().heapUsed - before;
    expect(count(others)).toEqual({ 200: 100_000 });
    expect(count(flood)).toEqual({ 200: 119, 429: 9_881 });
    expect(grownBytes).toBeLessThan(8 * 2 ** 20);
  });

  it("counts a minute from the client's first report on", async () => {
    let now = 1_000_000;
    const { log } = serve({ reports: clientReports({ perClientPerMinute: 2 }) }, () => now);
    const ask = () => post(log, { address: flooder });
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
    now += 59_999;
    expect(await ask()).toBe(429);
    now += 1;
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
  });

  it.each([
    ["addresses of one network of IPv6", (n: number) => ({ address: `2001:db8:1:2::${n.toString(16)}` })],
    ["the two spellings of one address", (n: number) => ({ address: n % 2 ? "192.0.2.1" : "::ffff:192.0.2.1" })],
    ["clients without an address", () => ({ address: undefined })],
  ])("holds for %s together", async (_what, client) => {
    const { log } = serve({ reports: clientReports({ perClientPerMinute: 3 }) });
    const statuses = await Promise.all([1, 2, 3, 4, 5].map((n) => post(log, client(n))));
    expect(count(statuses)).toEqual({ 200: 3, 429: 2 });
  });

  it("goes by whom Express, or the app, says that a client is: behind a proxy all have one address", async () => {
    const proxy = "10.0.0.1";
    const byExpress = serve({ reports: clientReports({ perClientPerMinute: 1 }) }).log;
    const seen = [1, 2, 2].map((n) => post(byExpress, { address: proxy, ip: `192.0.2.${n}` }));
    expect(await Promise.all(seen)).toEqual([200, 200, 429]);
    const clientOf: ReportLimits["clientOf"] = (req) => req.headers["x-real-ip"];
    const byApp = serve({ reports: clientReports({ perClientPerMinute: 1, clientOf }) }).log;
    const named = [1, 2, 2].map((n) => post(byApp, { address: proxy, headers: { "x-real-ip": `192.0.2.${n}` } }));
    expect(await Promise.all(named)).toEqual([200, 200, 429]);
  });

  it.each([
    ["throws", () => fail()],
    ["answers no text", () => ({}) as string],
    ["answers nothing", () => undefined],
  ])("goes by the address where the app's clientOf %s", async (what, clientOf) => {
    const { log, diagnostics } = serve({ reports: clientReports({ perClientPerMinute: 1, clientOf }) });
    const statuses = [1, 2, 2].map((n) => post(log, { address: clientNumber(n) }));
    expect(await Promise.all(statuses)).toEqual([200, 200, 429]);
    expect(diagnostics).toHaveLength(what === "answers nothing" ? 0 : 3);
  });

  it("goes by the network of an address that the app's clientOf names, by the last of a list", async () => {
    const names = ["2001:db8::1", "[2001:db8::2]:443", ["198.51.100.7", "2001:db8::3"], "::ffff:1.2.3.4", "1.2.3.4:80"];
    const { log } = serve({ reports: clientReports({ perClientPerMinute: 1, clientOf: () => names.shift() }) });
    const statuses = [1, 2, 3, 4, 5].map((n) => post(log, { address: clientNumber(n) }));
    expect(await Promise.all(statuses)).toEqual([200, 429, 429, 200, 429]);
  });

  it("is not used up by what a page of another site can have browsers send", async () => {
    const { log } = serve({ reports: clientReports({ perClientPerMinute: 1 }) });
    const headers = { "content-type": "text/plain" };
    for (let n = 0; n < 3; n += 1) expect(await post(log, { address: flooder, headers })).toBe(415);
    expect(await post(log, { address: flooder })).toBe(200);
  });

  it("is each door's own", async () => {
    const { aiwatch, log } = serve({ reports: clientReports({ perClientPerMinute: 1 }) });
    const error = routeHandler(aiwatch, "error", { reports: clientReports({ perClientPerMinute: 1 }) });
    expect(await post(log, { address: flooder })).toBe(200);
    expect(await post(error, { address: flooder, body: { error_type: "network" } })).toBe(200);
  });
});

it.each([
  [{ perClientPerMinute: Number.NaN }, /^perClientPerMinute is NaN, expected a number/],
  [{ perClientPerMinute: "120" }, /^perClientPerMinute is "120"/],
  [{ perMinute: -1 }, /^perMinute is -1/],
  [{ clientOf: "x-real-ip" }, /^clientOf is "x-real-ip", expected a function/],
])("limits that cannot be used are an error where the doors are made: %j", (limits, message) => {
  expect(() => clientReports(limits as never)).toThrow(
    expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message: expect.stringMatching(message) }),
  );
});

function fail(): never {
  throw new Error("the app's own");
}
