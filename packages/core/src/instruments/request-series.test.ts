import { Registry } from "prom-client";
import { describe, expect, it, vi } from "vitest";
import { requestOutcomes } from "../catalogue/values.ts";
import { brokenOff, complete, handedOver, leftByClient, type RequestEnding } from "../request/ending.ts";
import type { RequestRecord } from "../request/record.ts";
import { type Instruments, instrumentsOf } from "./instruments.ts";
import { RequestSeries } from "./request-series.ts";

function ended(route: string): RequestRecord {
  const request = { requestId: "1", method: "GET", path: "/", status: 200, durationMs: 1, startedAt: new Date(0) };
  return { ...request, route, aborted: false, logged: false, own: false, chat: false };
}

it("finds a route's series once, keeps 200 routes, and looks for those of the others again each time", () => {
  const instruments = instrumentsOf(new Registry());
  const bind = vi.spyOn(instruments.httpRequestDuration, "bind");
  const series = new RequestSeries(instruments);
  const recordAll = (routes: number) => {
    for (let route = 0; route < routes; route += 1) series.record(ended(`/route-${route}`));
    const bound = bind.mock.calls.length;
    bind.mockClear();
    return bound;
  };
  expect(recordAll(10_000)).toBe(10_000);
  expect(recordAll(200)).toBe(0);
  expect(recordAll(10_000)).toBe(9_800);
});

describe("what became of a request", () => {
  const sumOf = async (metric: { get(): Promise<{ values: { value: number }[] }> }) =>
    (await metric.get()).values.reduce((sum, { value }) => sum + value, 0);

  async function outcomesOf({ requestOutcomes: metric }: Instruments): Promise<Record<string, number>> {
    const { values } = await metric.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels["outcome"], value]));
  }

  const record = (series: RequestSeries, { status, aborted, failure }: RequestEnding, own = false) =>
    series.record({ ...ended("/a"), own, status, aborted, ...(failure !== undefined && { failure }) });

  const none = Object.fromEntries(requestOutcomes.map((outcome) => [outcome, 0]));
  const endings: readonly (readonly [what: string, outcome: string, ending: RequestEnding])[] = [
    ...[200, 204, 304, 399].map((status) => [`answer ${status}`, "ok", complete(status, true)] as const),
    ["a WebSocket", "ok", handedOver(101)],
    ["a connection that the app took over after a 502", "ok", handedOver(502)],
    ...[400, 404, 429, 499].map((status) => [`answer ${status}`, "client_error", complete(status, true)] as const),
    ["a refused upgrade", "client_error", handedOver(401)],
    ["a client that went away", "left", leftByClient(false)],
    ["a client that went away when all was written", "left", leftByClient(true)],
    ...[500, 502, 503, 504, 599].map((status) => [`answer ${status}`, "failed", complete(status, true)] as const),
    ["an answer that broke off", "failed", brokenOff(200, false)],
    ["one that broke off before its head", "failed", brokenOff(undefined, false)],
    ["a 404 that broke off", "failed", brokenOff(404, true)],
  ];

  it.each(endings)("%s is %s, and nothing else", async (_, outcome, ending) => {
    const instruments = instrumentsOf(new Registry());
    expect(await outcomesOf(instruments)).toEqual(none);
    record(new RequestSeries(instruments), ending);
    expect(await outcomesOf(instruments)).toEqual({ ...none, [outcome]: 1 });
  });

  it("adds up to the app's requests, of any status, and fails as often as errors_total says; AIWatch's own routes are none", async () => {
    const instruments = instrumentsOf(new Registry());
    const series = new RequestSeries(instruments);
    const all = Array.from({ length: 900 }, (_, index) => index + 100).flatMap((status) => [
      complete(status, true),
      brokenOff(status, false),
      handedOver(status),
    ]);
    for (const ending of [...all, leftByClient(false)]) record(series, ending);
    const { failed } = await outcomesOf(instruments);
    expect(await sumOf(instruments.requestOutcomes)).toBe(2701);
    expect(await sumOf(instruments.httpRequests)).toBe(2701);
    expect(failed).toBe(await sumOf(instruments.errors));
    for (const ending of all) record(series, { ...ending, failure: undefined }, true);
    expect(await sumOf(instruments.requestOutcomes)).toBe(2701);
    expect(await sumOf(instruments.httpRequests)).toBe(5401);
  });
});
