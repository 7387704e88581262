import { catalogue } from "@aiwatch/core";
import { describeWithTool, promtool } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { queriesOf } from "./test-support/queries.ts";
import { type Expectation, evaluate, whileBusy } from "./test-support/rule-files.ts";

const labels = (process: number) => `job="genai-app", instance="app-${process}:8080"`;
const { bounds } = catalogue.eventLoopDelay;

/** Every delay of a process is in the bucket that ends at its bound. */
const delays = (process: number) =>
  [...bounds, Number.POSITIVE_INFINITY].map((bound, index) => ({
    series: `genai_app_event_loop_delay_seconds_bucket{${labels(process)}, le="${bound === Number.POSITIVE_INFINITY ? "+Inf" : bound}"}`,
    values: index < process - 1 ? "0x60" : "0+1x60",
  }));

/** Process `n` works on `n` inferences; the last one does not answer any more. */
const processes = Array.from({ length: 12 }, (_, index) => index + 1);
const series = processes.flatMap((process) => [
  ...delays(process),
  { series: `genai_app_active_inferences{${labels(process)}, model="m"}`, values: `${process}x60` },
  { series: `genai_app_active_requests{${labels(process)}}`, values: process === 12 ? "0x10 stale" : "0x60" },
  { series: `up{${labels(process)}}`, values: process === 12 ? "1x10 0x50" : "1x60" },
  { series: `process_resident_memory_bytes{${labels(process)}}`, values: `${process * 2 ** 30}x60` },
  { series: `process_resident_memory_bytes{job="other", instance="other-${process}:9100"}`, values: `${2 ** 40}x60` },
  { series: `up{job="other", instance="other-${process}:9100"}`, values: "0x60" },
]);

const queries = queriesOf("aiwatch-fleet");
const queryOf = (title: string, refId = "A") =>
  queries.find(({ panel, refId: id }) => panel === title && id === refId)?.promql ?? title;

describeWithTool("prometheus", "the board of a fleet", () => {
  const cases: [says: string, promql: string, value: number][] = [
    ["draws ten processes", `count(${queryOf("Busiest processes")})`, 10],
    ["draws those that have most", `min(${queryOf("Busiest processes")})`, 3],
    ["has a bucket for each bound, and one above", `count(${queryOf("Active inferences over processes")})`, 9],
    ["counts every process once", `max(${queryOf("Active inferences over processes")})`, 12],
    // 0, 1, 2, 4 and 8 of them have at most so many, and all of them at most 16, 32, 64 and more
    ["counts processes up to each bound", `sum(${queryOf("Active inferences over processes")})`, 63],
    ["draws ten event loops", `count(${queryOf("Slowest event loops")})`, 10],
    ["has a bucket for each bound of a delay", `count(${queryOf("Event-loop delay over processes")})`, 13],
    // one more at each of twelve bounds, and all of them above the last
    ["counts processes up to each delay", `sum(${queryOf("Event-loop delay over processes")})`, 78 + 12],
    ["compares the busiest with the mean", `round(${queryOf("Spread of load", "C")}, 0.0001)`, 1.8462],
    ["counts processes that answer", queryOf("Processes up and unreachable", "B"), 11],
    ["counts those that do not, of our jobs alone", queryOf("Processes up and unreachable", "A"), 1],
    ["has the same number as a tile", queryOf("Unreachable"), 1],
    ["weighs our processes alone", `max(${queryOf("Largest memory")}) / ${2 ** 30}`, 11],
    ["counts our processes alone by their memory", `max(${queryOf("Memory over processes")})`, 11],
    ["has a line for each process, answering or not", `count(${queryOf("Every process")})`, 12],
  ];

  it.each(cases)("%s", async (_, promql, value) => {
    const expectation: Expectation = { promql, at: whileBusy, value };
    const judged = await evaluate(promtool, [expectation], series);
    expect(judged, judged.stdout + judged.stderr).toMatchObject({ code: 0 });
  });
});
