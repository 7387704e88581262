import { Registry } from "prom-client";
import { expect, it, vi } from "vitest";
import type { RequestRecord } from "../request/record.ts";
import { instrumentsOf } from "./instruments.ts";
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
