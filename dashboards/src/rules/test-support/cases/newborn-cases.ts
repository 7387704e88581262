import { catalogue } from "@aiwatch/core";
import { type Case, of } from "./case.ts";

const { requestOutcomes, requestFirstToken, activeRequests } = catalogue;
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

/** The answers of one model in one process, which its histogram begins with: so many of so many within the bound. */
function answers(model: string, instance: string, within: string, all: string): Record<string, string> {
  return {
    [of(requestFirstToken, { model, instance, le: "2.0" }, "_bucket")]: within,
    [of(requestFirstToken, { model, instance }, "_count")]: all,
  };
}

const counted = (what: "events" | "bad") => `round(aiwatch:slo_${what}:count1h{slo="first_token"})`;
const ofModel = (model: string) => `{job="chat", model="${model}", slo="first_token"}`;

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
    name: "a fleet whose models are cold: each process's first answer is late, which its histogram begins with",
    alert,
    every: "30s",
    series: Object.assign(
      {},
      ...Array.from({ length: 40 }, (_, process) => {
        const instance = `${process}:1`;
        const [before, after] = [20 + process, 120 - process];
        return {
          [of(activeRequests, { instance })]: "0x140",
          ...answers("cold", instance, `_x${before} 0x${after}`, `_x${before} 1x${after}`),
        };
      }),
    ),
    fires: [{ at: "35m", of: [{ job: "chat", model: "cold", slo: "first_token" }] }],
    values: [
      { promql: counted("events"), at: "45m", are: { [ofModel("cold")]: 40 } },
      { promql: counted("bad"), at: "45m", are: { [ofModel("cold")]: 40 } },
    ],
  },
  {
    name: "a model's first answers count once each, late or not; those of before a process's first scrape do not, nor those of before an outage of it",
    alert,
    every: "30s",
    series: {
      [of(activeRequests)]: "0x120",
      ...answers("first", "a:1", "_x20 1x19 2x80", "_x20 2x19 4x80"),
      [of(activeRequests, { instance: "late:1" })]: "_x20 0x100",
      ...answers("seen", "late:1", "_x20 70x100", "_x20 90x100"),
      [of(activeRequests, { instance: "back:1" })]: "0x20 stale _x18 0x80",
      ...answers("back", "back:1", "50x20 stale _x18 50x80", "90x20 stale _x18 90x80"),
    },
    values: [
      {
        promql: `${counted("events")} > 0`,
        at: "45m",
        are: { [ofModel("first")]: 4 },
      },
      { promql: `${counted("bad")} > 0`, at: "45m", are: { [ofModel("first")]: 2 } },
    ],
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
