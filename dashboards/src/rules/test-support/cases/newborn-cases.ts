import { catalogue } from "@aiwatch/core";
import { type Case, of } from "./case.ts";

const { requestOutcomes } = catalogue;
const alert = "AIWatchErrorBudgetBurnsFast";
const steps = 240;
const processes = 80;

/** A counter that grows at the steps. */
function counter(at: readonly number[]): string {
  return Array.from({ length: steps }, (_, step) => at.filter((event) => event <= step).length).join(" ");
}

/** A request each 30 s, on one process after the other, of which each n-th fails. */
function youngFleet(job: string, failsEach: number): Record<string, string> {
  const requests = Array.from({ length: steps - 20 }, (_, index) => index + 10);
  return Object.assign(
    {},
    ...Array.from({ length: processes }, (_, process) => {
      const own = requests.filter((step) => step % processes === process);
      const bad = own.filter((step) => Math.floor(step / 3) % failsEach === 0 && step % 3 === 0);
      const ended = (outcome: "ok" | "failed", at: readonly number[]) => ({
        [of(requestOutcomes, { job, instance: `${process}:1`, outcome })]: counter(at),
      });
      return {
        ...ended("failed", bad),
        ...ended(
          "ok",
          own.filter((step) => !bad.includes(step)),
        ),
      };
    }),
  );
}

const events = 'aiwatch:slo_events:rate5m{slo="http_errors"}';

/** Processes with few requests each: those of before a first scrape are of an unknown time, all others count. */
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
      [of(requestOutcomes, { outcome: "ok" })]: "_x20 9999x40",
    },
    values: [{ promql: `max_over_time(${events}[20m]) > 0`, at: "25m", are: {} }],
  },
  {
    name: "a burst between two scrapes is counted once and wholly, and is over after five minutes",
    alert,
    every: "30s",
    series: {
      [of(requestOutcomes, { outcome: "ok" })]: "0x20 30x40",
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
