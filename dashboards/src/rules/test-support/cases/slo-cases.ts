import { catalogue } from "@aiwatch/core";
import { type Case, observed, of } from "./case.ts";
import { fewEventsCases } from "./few-events-cases.ts";
import { newbornCases } from "./newborn-cases.ts";

const { requestFirstToken, timePerOutputToken, inferences, httpRequests, requestOutcomes, errors } = catalogue;
const { activeRequests } = catalogue;
const alert = "AIWatchErrorBudgetBurnsFast";
const le = "2.0";
const firstToken = (model: string, suffix: "_count" | "_bucket", bound = le) =>
  of(requestFirstToken, suffix === "_bucket" ? { model, le: bound } : { model }, suffix);
const ended = (model: string, finish_reason: "stop" | "error" | "aborted") =>
  of(inferences, { model, operation: "chat", finish_reason });
const slo = (name: string, model: string) => ({ job: "chat", model, slo: name });

/** Both paces, both windows, and the guard. */
const firstTokens: readonly Case[] = [
  {
    name: "the first token: of two models one burns 6.1 times for hours, one 5.9 times",
    alert,
    series: {
      ...observed(requestFirstToken, { model: "bad" }, { le, all: 1000, within: 695, samples: 400 }),
      ...observed(requestFirstToken, { model: "edge" }, { le, all: 1000, within: 705, samples: 400 }),
    },
    fires: [{ at: "6h30m", of: [slo("first_token", "bad")] }],
  },
  {
    name: "six clean hours, then all is bad: 14.4 times over an hour is reached after 44 minutes, not after 40; le=2 of the text format counts, too",
    alert,
    series: {
      [firstToken("m", "_count")]: "0+60x480",
      [firstToken("m", "_bucket", "2")]: "0+60x360 21600+0x120",
    },
    fires: [
      { at: "6h40m", of: [] },
      { at: "6h48m", of: [slo("first_token", "m")] },
    ],
  },
  {
    name: "an hour and a half ago it was bad, now it is well: the short windows end the alert, a quarter of an hour after they are clean",
    alert,
    series: { [firstToken("m", "_count")]: "0+60x160", [firstToken("m", "_bucket")]: "0+0x90 0+60x70" },
    fires: [
      { at: "1h20m", of: [slo("first_token", "m")] },
      { at: "1h59m", of: [slo("first_token", "m")] },
      { at: "2h20m", of: [] },
    ],
  },
  {
    name: "one inference each ten minutes, and all fail: one page that goes on, and ends when half an hour is clean and a quarter is over",
    alert,
    every: "15s",
    series: {
      [of(activeRequests)]: "0x700",
      [ended("m", "stop")]: "0x700",
      [ended("m", "error")]: `0x40 ${Array.from({ length: 12 }, (_, index) => `${index + 1}x39`).join(" ")} 12x239`,
    },
    fires: [
      ...["1h4m", "1h6m", "1h8m", "1h30m", "1h58m", "2h40m"].map((at) => ({
        at,
        of: [slo("inference_errors", "m")],
      })),
      { at: "2h55m", of: [] },
    ],
    values: [
      {
        promql: `changes((count(ALERTS{alertname="${alert}", alertstate="firing"}) or vector(0))[2h:30s])`,
        at: "2h",
        are: { "{}": 1 },
      },
    ],
  },
  {
    name: "little traffic: four bad of four wake nobody, six of six do; before they are five, both models together do, and go on beside them",
    alert,
    every: "15s",
    series: {
      [firstToken("four", "_count")]: "0x59 1x59 2x59 3x59 4x60",
      [firstToken("four", "_bucket")]: "0x300",
      [firstToken("six", "_count")]: "0x39 1x39 2x39 3x39 4x39 5x39 6x60",
      [firstToken("six", "_bucket")]: "0x300",
    },
    fires: [{ at: "64m", of: [slo("first_token", "six"), { job: "chat", slo: "first_token" }] }],
  },
];

/** What counters do that is no event. */
const counters: readonly Case[] = [
  {
    name: "no traffic and one idle model: nothing burns, and nothing is NaN",
    alert,
    series: {
      [firstToken("idle", "_count")]: "5x120",
      [firstToken("idle", "_bucket")]: "5x120",
      ...observed(requestFirstToken, { model: "busy" }, { le, all: 60, within: 60, samples: 120 }),
    },
    fires: [{ at: "2h", of: [] }],
    values: [
      { promql: 'aiwatch:slo_burn:ratio5m{slo="first_token", model="idle"}', at: "90m", are: {} },
      { promql: 'aiwatch:slo_burn:ratio1h{slo="first_token", model="idle"}', at: "90m", are: {} },
      {
        promql: 'round(aiwatch:slo_burn:ratio1h{slo="first_token"}, 0.001)',
        at: "90m",
        are: { '{job="chat", model="busy", slo="first_token"}': 0, '{job="chat", slo="first_token"}': 0 },
      },
    ],
  },
  {
    name: "a restart in the midst resets the counters, and is no burst of bad events",
    alert,
    series: { [firstToken("m", "_count")]: "0+60x60 0+60x60", [firstToken("m", "_bucket")]: "0+60x60 0+60x60" },
    fires: [{ at: "1h10m", of: [] }],
    values: [
      {
        promql: "round(aiwatch:slo_burn:ratio5m, 0.001)",
        at: "1h3m",
        are: { '{job="chat", model="m", slo="first_token"}': 0, '{job="chat", slo="first_token"}': 0 },
      },
    ],
  },
  {
    name: "a young series: its four bad events are counted once, not once for each minute that the hour lacks",
    alert,
    every: "15s",
    series: {
      [firstToken("new", "_count")]: "_x20 0x8 1x4 2x4 3x4 4x100",
      [firstToken("new", "_bucket")]: "_x20 0x120",
    },
    fires: [{ at: "20m", of: [] }],
    values: [
      {
        promql: "round(aiwatch:slo_bad:count1h)",
        at: "20m",
        are: { '{job="chat", model="new", slo="first_token"}': 4 },
      },
    ],
  },
  {
    name: "a counter that is born above 0: a hundred old bad events are none of now",
    alert,
    series: { [firstToken("m", "_count")]: "_x10 100x60", [firstToken("m", "_bucket")]: "_x10 0x60" },
    fires: [{ at: "30m", of: [] }],
    values: [{ promql: "aiwatch:slo_bad:count1h > 0", at: "30m", are: {} }],
  },
];

/** What is bad, and what is an event, of the others. */
const others: readonly Case[] = [
  {
    name: "time per output token by its own bound: a model with half of its answers over it, and one with none",
    alert,
    series: {
      ...observed(timePerOutputToken, { model: "slow" }, { le: "0.1", all: 60, within: 10, samples: 90 }),
      ...observed(timePerOutputToken, { model: "fast" }, { le: "0.1", all: 60, within: 60, samples: 90 }),
    },
    fires: [{ at: "80m", of: [slo("tpot", "slow")] }],
  },
  {
    name: "failed inferences: a fifth of one model's; who went away is no error and no event, and the other model is not blamed",
    alert,
    series: {
      [ended("m", "stop")]: "0+48x90",
      [ended("m", "error")]: "0+12x90",
      [ended("m", "aborted")]: "0+600x90",
      [ended("n", "stop")]: "0+60x90",
      [ended("n", "error")]: "0x90",
      [ended("n", "aborted")]: "0+60x90",
    },
    fires: [{ at: "80m", of: [slo("inference_errors", "m")] }],
    values: [
      {
        promql: 'round(aiwatch:slo_burn:ratio5m{slo="inference_errors"})',
        at: "80m",
        are: {
          '{job="chat", model="m", slo="inference_errors"}': 20,
          '{job="chat", model="n", slo="inference_errors"}': 0,
          '{job="chat", slo="inference_errors"}': 10,
        },
      },
    ],
  },
  {
    name: "failed requests over all that ended: callers' mistakes and who went away are events, AIWatch's own routes are none",
    alert,
    series: {
      [of(requestOutcomes, { outcome: "ok" })]: "0+60x90",
      [of(requestOutcomes, { outcome: "client_error" })]: "0+10x90",
      [of(requestOutcomes, { outcome: "left" })]: "0+10x90",
      [of(requestOutcomes, { outcome: "failed" })]: "0+20x90",
      [of(httpRequests, { method: "GET", endpoint: "/metrics", status: "200" })]: "0+9999x90",
      [of(errors, { type: "engine_error", operation: "inference" })]: "0+9999x90",
    },
    fires: [{ at: "80m", of: [{ job: "chat", slo: "http_errors" }] }],
    values: [
      {
        promql: 'round(aiwatch:slo_burn:ratio5m{slo="http_errors"})',
        at: "80m",
        are: { '{job="chat", slo="http_errors"}': 20 },
      },
    ],
  },
];

/** The rules of two clusters in one store: each objective is there twice. */
const twoStores: Case = {
  name: "an objective that another cluster recorded, too: the burn is still told",
  alert,
  series: {
    ...observed(requestFirstToken, { model: "m" }, { le, all: 60, within: 30, samples: 90 }),
    'aiwatch:slo_objective:ratio{slo="first_token", cluster="us"}': "0.95x90",
  },
  fires: [{ at: "80m", of: [slo("first_token", "m")] }],
};

export const sloCases: readonly Case[] = [
  ...firstTokens,
  ...counters,
  ...others,
  ...fewEventsCases,
  ...newbornCases,
  twoStores,
];

const slowly = "AIWatchErrorBudgetBurnsSlowly";
const pair = (within: number, samples: number, model: string) =>
  observed(requestFirstToken, { model }, { le, all: 1000, within, samples });

/** Days of samples. */
export const longCases: readonly Case[] = [
  {
    name: "3.1 times over a day is a ticket, exactly the budget is none",
    alert: slowly,
    every: "2m",
    series: { ...pair(845, 780, "ticket"), ...pair(950, 780, "budget") },
    fires: [{ at: "25h", of: [slo("first_token", "ticket")] }],
  },
  {
    name: "the same wakes nobody",
    alert,
    every: "2m",
    series: pair(845, 780, "ticket"),
    fires: [{ at: "25h", of: [] }],
  },
  {
    name: "1.1 times over three days is a ticket, 0.9 times is none, and neither are 19 bad events of a model that is hardly used",
    alert: slowly,
    every: "2m",
    series: {
      ...pair(945, 2200, "over"),
      ...pair(955, 2200, "under"),
      // one bad event every four hours
      [firstToken("rare", "_count")]: Array.from({ length: 19 }, (_, index) => `${index}x119`).join(" "),
      [firstToken("rare", "_bucket")]: "0x2280",
    },
    fires: [{ at: "73h", of: [slo("first_token", "over")] }],
  },
  {
    name: "ten bad events over a day, one each two hours and 20 minutes: one ticket that goes on",
    alert: slowly,
    every: "2m",
    series: {
      [firstToken("m", "_count")]: Array.from({ length: 14 }, (_, index) => `${index}x69`).join(" "),
      [firstToken("m", "_bucket")]: "0x980",
    },
    fires: [{ at: "30h", of: [slo("first_token", "m")] }],
    values: [
      {
        promql: `changes((count(ALERTS{alertname="${slowly}", alertstate="firing"}) or vector(0))[31h:2m])`,
        at: "31h",
        are: { "{}": 1 },
      },
    ],
  },
];
