import { fileURLToPath } from "node:url";
import { type RunningProcess, runNode } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendLoad } from "./test-support/send-load.ts";

const app = fileURLToPath(new URL("test-support/load-app.ts", import.meta.url));
let server: RunningProcess;
let port: number;

beforeAll(async () => {
  // a process of its own: its heap and its counters are nobody else's
  server = await runNode(["--conditions=@aiwatch/source", "--expose-gc", app]);
  port = Number((await server.waitForLine(/^listening (\d+)/, 30_000))[1]);
});
afterAll(() => server.stop("SIGKILL"));

interface Look {
  readonly heapUsed: number;
  readonly faults: readonly string[];
  readonly ended: { readonly completed: number; readonly failed: number; readonly aborted: number };
}

const look = async () => (await (await fetch(`http://127.0.0.1:${port}/look/app`)).json()) as Look;

/** The sum of the samples of that name whose labels hold `part`. */
async function samples(): Promise<(name: string, part?: string) => number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/look/metrics`)).text();
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  return (name, part = "") =>
    lines
      .filter((line) => line.replace(/[ {].*/, "") === name && line.includes(part))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

/** The close of the last connections is heard of a little later. */
async function untilQuiet(): Promise<Awaited<ReturnType<typeof samples>>> {
  for (;;) {
    const sum = await samples();
    if (sum("genai_app_active_requests") === 0) return sum;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it("200,000 requests, one in twenty aborted and one in twenty failing, add up exactly, and nothing is left of them", async () => {
  const sent = { ok: 0, failed: 0, aborted: 0 };
  const heaps: number[] = [];
  const began = performance.now();
  for (let part = 0; part < 4; part += 1) {
    const load = await sendLoad({ port, requests: 50_000 });
    for (const kind of ["ok", "failed", "aborted"] as const) sent[kind] += load[kind];
    await untilQuiet();
    heaps.push((await look()).heapUsed);
  }
  const seconds = (performance.now() - began) / 1000;
  const sum = await untilQuiet();
  const after = await look();
  process.stdout.write(
    `${Math.round(200_000 / seconds)} requests/s for ${seconds.toFixed(1)} s; heaps of ${heaps} bytes\n`,
  );

  const [ok, failed, aborted] = [180_000, 10_000, 10_000];
  expect(sent).toEqual({ ok, failed, aborted });
  const requests = "genai_app_http_requests_total";
  expect(sum(requests, 'endpoint="/ok/:id",status="200"')).toBe(ok);
  expect(sum(requests, 'endpoint="/fail/:id",status="500"')).toBe(failed);
  expect(sum(requests, 'endpoint="/stream/:id",status="499"')).toBe(aborted);
  expect(sum(requests)).toBe(ok + failed + aborted);
  const durations = "genai_app_http_request_duration_seconds";
  for (const [endpoint, count] of [
    ["/ok/:id", ok],
    ["/fail/:id", failed],
    ["/stream/:id", aborted],
  ] as const) {
    expect(sum(`${durations}_count`, `endpoint="${endpoint}"`)).toBe(count);
    expect(sum(`${durations}_bucket`, `endpoint="${endpoint}",le="+Inf"`)).toBe(count);
  }
  expect(sum("genai_app_errors_total", 'type="internal",operation="http"')).toBe(failed);
  expect(sum("genai_app_errors_total")).toBe(failed);
  expect(after.ended).toEqual({ completed: ok, failed, aborted });

  expect(sum("genai_app_telemetry_errors_total")).toBe(0);
  expect(sum("genai_app_series_dropped_total")).toBe(0);
  expect([after.faults, server.stderr]).toEqual([[], []]);
  // 16 bytes for each of a part's requests: no object is smaller. V8 forgets once what it compiled from, and can hide one part's growth so
  for (const [part, heap] of heaps.slice(1).entries()) expect(heap - heaps[part]!).toBeLessThan(800_000);
});
