import { catalogue } from "@aiwatch/core";
import { type Case, of } from "./case.ts";

const { activeRequests, errors, httpRequests } = catalogue;
const alert = "AIWatchErrorBudgetBurnsFast";
const steps = 240;
const processes = 80;

/** A counter that grows at the steps. One that is born with its first event has no sample before it. */
function counter(at: readonly number[], born: "at 0" | "with its first event"): string {
  const counts = Array.from({ length: steps }, (_, step) => at.filter((event) => event <= step).length);
  return counts.map((count) => (count === 0 && born !== "at 0" ? "_" : count)).join(" ");
}

/** A request each 30 s, on one process after the other, of which each n-th fails. */
function youngFleet(job: string, failsEach: number): Record<string, string> {
  const requests = Array.from({ length: steps - 20 }, (_, index) => index + 10);
  return Object.assign(
    {},
    ...Array.from({ length: processes }, (_, process) => {
      const own = requests.filter((step) => step % processes === process);
      const bad = own.filter((step) => Math.floor(step / 3) % failsEach === 0 && step % 3 === 0);
      const ofProcess = { job, instance: `${process}:1` };
      const route = { ...ofProcess, method: "POST", endpoint: "/chat" };
      const answers = (status: string, at: readonly number[]) =>
        at.length > 0 ? { [of(httpRequests, { ...route, status })]: counter(at, "with its first event") } : {};
      return {
        [of(activeRequests, ofProcess)]: `0x${steps}`,
        [of(errors, { ...ofProcess, type: "internal", operation: "http" })]: counter(bad, "at 0"),
        ...answers(
          "200",
          own.filter((step) => !bad.includes(step)),
        ),
        ...answers("500", bad),
      };
    }),
  );
}

const events = 'aiwatch:slo_events:rate5m{slo="http_errors"}';

/** The series of requests begin at 1, those of errors at 0. */
export const newbornCases: readonly Case[] = [
  {
    name: "a young fleet with a few requests a process: where a twentieth fails it burns 5 times too fast and wakes nobody; where a sixth does, it does",
    alert,
    every: "30s",
    series: { ...youngFleet("chat", 7), ...youngFleet("worse", 2) },
    fires: [{ at: "60m", of: [{ job: "worse", slo: "http_errors" }] }],
    values: [
      {
        promql: 'round(aiwatch:slo_burn:ratio1h{slo="http_errors"}, 5)',
        at: "60m",
        are: { '{job="chat", slo="http_errors"}': 5, '{job="worse", slo="http_errors"}': 15 },
      },
    ],
  },
  {
    name: "requests of before the first scrape are none of now: of a process, and of a Prometheus that is new",
    alert,
    every: "30s",
    series: {
      [of(activeRequests)]: "_x20 0x40",
      [of(httpRequests, { method: "POST", endpoint: "/chat", status: "200" })]: "_x20 9999x40",
    },
    values: [{ promql: `max_over_time(${events}[20m]) > 0`, at: "25m", are: {} }],
  },
  {
    name: "a burst between two scrapes is counted once and wholly, and is over after five minutes",
    alert,
    every: "30s",
    series: {
      [of(activeRequests)]: "0x60",
      [of(httpRequests, { method: "POST", endpoint: "/chat", status: "200" })]: "_x20 30x40",
    },
    values: [
      {
        promql: `round(sum_over_time(${events}[30m]) * 30)`,
        at: "25m",
        are: { '{job="chat", slo="http_errors"}': 30 },
      },
      { promql: `${events} > 0`, at: "16m", are: {} },
    ],
  },
];
