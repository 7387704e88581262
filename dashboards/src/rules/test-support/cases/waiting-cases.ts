import { catalogue } from "@aiwatch/core";
import { type Case, of } from "./case.ts";
import { outageCases } from "./outage-cases.ts";

const { admissionWaiting, admissionWait, admissions, queuedInferences, inferences, firstTokenWaits } = catalogue;
const { modelServerDeferred, modelServerSlots, requestOutcomes, errors, clientFirstToken, requestFirstToken } =
  catalogue;
const b = { instance: "b:1" };
const ofReaders = (model: string, finish_reason: "stop" | "aborted") =>
  of(inferences, { model, operation: "chat", finish_reason });
const ended = (model: string) => ofReaders(model, "stop");
const entries = (queue: string, outcome: "admitted" | "refused" | "left") => of(admissions, { queue, outcome });
const waits = (model: string, outcome: "got" | "aborted") => of(firstTokenWaits, { model, outcome });

/** A queue that admits 300 a minute, of whom some had waited for 40 to 80 s, and the others for at most a second. */
function lately(queue: string, waiting: number, long: number): Record<string, string> {
  return {
    [of(admissionWaiting, { queue })]: `${waiting}x30`,
    [entries(queue, "admitted")]: "0+300x30",
    [of(admissionWait, { queue, le: "1.0" }, "_bucket")]: `0+${300 - long}x30`,
    [of(admissionWait, { queue, le: "40.0" }, "_bucket")]: `0+${300 - long}x30`,
    [of(admissionWait, { queue, le: "80.0" }, "_bucket")]: "0+300x30",
    [of(admissionWait, { queue, le: "+Inf" }, "_bucket")]: "0+300x30",
    [of(admissionWait, { queue }, "_count")]: "0+300x30",
  };
}

const queues: readonly Case[] = [
  {
    name: "ten wait at 6 admissions a minute (100 s), at 60 (10 s), three do, five on two processes whom nobody admits, and five of a queue that has no counter yet",
    alert: "AIWatchAdmissionBacklog",
    series: {
      [of(admissionWaiting, { queue: "slow" })]: "10x30",
      [entries("slow", "admitted")]: "0+6x30",
      [entries("slow", "left")]: "0+600x30",
      [of(admissionWaiting, { queue: "fast" })]: "10x30",
      [entries("fast", "admitted")]: "0+60x30",
      [of(admissionWaiting, { queue: "few" })]: "3x30",
      [entries("few", "admitted")]: "0x30",
      [of(admissionWaiting, { queue: "stuck" })]: "2x30",
      [of(admissionWaiting, { queue: "stuck", ...b })]: "3x30",
      [entries("stuck", "admitted")]: "7x30",
      [of(admissionWaiting, { queue: "uncounted" })]: "5x30",
    },
    fires: [
      { at: "2m", of: [] },
      { at: "10m", of: ["slow", "stuck", "uncounted"].map((queue) => ({ job: "chat", queue })) },
    ],
  },
  {
    name: "fifty wait at 300 admissions a minute (10 s on the mean): a tenth of those waited 40 to 80 s; a twenty-fifth did; and a tenth where three wait",
    alert: "AIWatchAdmissionBacklog",
    series: { ...lately("uneven", 50, 30), ...lately("even", 50, 12), ...lately("few", 3, 30) },
    fires: [
      { at: "2m", of: [] },
      { at: "10m", of: [{ job: "chat", queue: "uneven" }] },
    ],
  },
  {
    name: "everybody waits 21 s, six in line at 17 admissions a minute, in the bucket that ends at 40; 39 s and 41 s by the pace",
    alert: "AIWatchAdmissionBacklog",
    series: {
      [of(admissionWaiting, { queue: "some" })]: "6x30",
      [entries("some", "admitted")]: "0+17x30",
      [of(admissionWait, { queue: "some", le: "20.0" }, "_bucket")]: "0x30",
      [of(admissionWait, { queue: "some", le: "40.0" }, "_bucket")]: "0+17x30",
      [of(admissionWait, { queue: "some", le: "+Inf" }, "_bucket")]: "0+17x30",
      [of(admissionWait, { queue: "some" }, "_count")]: "0+17x30",
      [of(admissionWaiting, { queue: "less" })]: "39x30",
      [entries("less", "admitted")]: "0+60x30",
      [of(admissionWaiting, { queue: "more" })]: "41x30",
      [entries("more", "admitted")]: "0+60x30",
    },
    fires: [{ at: "20m", of: [{ job: "chat", queue: "more" }] }],
    says: [
      {
        at: "20m",
        labels: { job: "chat", queue: "more" },
        summary: "chat: 41 readers wait in the queue more, and a newcomer waits for more than 40 s",
      },
    ],
  },
  {
    name: "the same of the engine's queue: 100 s, 10 s, three, and five that nothing ends",
    alert: "AIWatchQueueBacklog",
    series: {
      [of(queuedInferences, { model: "slow" })]: "10x30",
      [ended("slow")]: "0+6x30",
      [of(queuedInferences, { model: "fast" })]: "10x30",
      [ended("fast")]: "0+60x30",
      [of(queuedInferences, { model: "few" })]: "3x30",
      [ended("few")]: "0+1x30",
      [of(queuedInferences, { model: "stuck" })]: "2x30",
      [of(queuedInferences, { model: "stuck", ...b })]: "3x30",
      [ended("stuck")]: "7x30",
    },
    fires: [{ at: "10m", of: ["slow", "stuck"].map((model) => ({ job: "chat", model })) }],
  },
  {
    name: "five requests wait in a server of four slots, seen by two processes; four do; a server that tells its active slots alone; and one of two servers that are beside their processes",
    alert: "AIWatchModelServerBacklog",
    series: {
      [of(modelServerDeferred, { server: "127.0.0.1:8081", model: "m" })]: "5x20",
      [of(modelServerSlots, { server: "127.0.0.1:8081", model: "m", state: "active" })]: "4x20",
      [of(modelServerSlots, { server: "127.0.0.1:8081", model: "m", state: "free" })]: "0x20",
      [of(modelServerDeferred, { server: "127.0.0.1:8081", model: "m", ...b })]: "0x20",
      [of(modelServerSlots, { server: "127.0.0.1:8081", model: "m", state: "active", ...b })]: "0x20",
      [of(modelServerSlots, { server: "127.0.0.1:8081", model: "m", state: "free", ...b })]: "4x20",
      [of(modelServerDeferred, { server: "five", model: "m" })]: "5x20",
      [of(modelServerDeferred, { server: "five", model: "m", ...b })]: "5x20",
      [of(modelServerSlots, { server: "five", model: "m", state: "active" })]: "3x20",
      [of(modelServerSlots, { server: "five", model: "m", state: "free" })]: "1x20",
      [of(modelServerSlots, { server: "five", model: "m", state: "active", ...b })]: "3x20",
      [of(modelServerSlots, { server: "five", model: "m", state: "free", ...b })]: "1x20",
      [of(modelServerDeferred, { server: "four", model: "m" })]: "4x20",
      [of(modelServerSlots, { server: "four", model: "m", state: "active" })]: "4x20",
      [of(modelServerDeferred, { server: "runner", model: "m" })]: "3x20",
      [of(modelServerSlots, { server: "runner", model: "m", state: "active" })]: "2x20",
    },
    fires: [
      { at: "10m", of: ["127.0.0.1:8081", "five", "runner"].map((server) => ({ job: "chat", server, model: "m" })) },
    ],
  },
];

const lost: readonly Case[] = [
  {
    name: "a quarter leaves a queue, a tenth leaves another, all eight leave a third; a third of a model's readers go before the first token",
    alert: "AIWatchReadersGiveUp",
    series: {
      [entries("long", "admitted")]: "0+6x40",
      [entries("long", "left")]: "0+2x40",
      [entries("short", "admitted")]: "0+9x40",
      [entries("short", "left")]: "0+1x40",
      [entries("night", "admitted")]: "0x40",
      [entries("night", "left")]: "0x10 1 2 3 4 5 6 7 8x24",
      [waits("slow", "got")]: "0+4x40",
      [waits("slow", "aborted")]: "0+2x40",
      [waits("fast", "got")]: "0+9x40",
      [waits("fast", "aborted")]: "0+1x40",
    },
    fires: [
      {
        at: "20m",
        of: [
          { job: "chat", queue: "long" },
          { job: "chat", model: "slow" },
        ],
      },
    ],
  },
  {
    name: "answers in one piece: an eleventh of a model's readers gives up, and a third of another's; and two of eleven whose answers are so long that few have ended",
    alert: "AIWatchReadersGiveUp",
    series: {
      [waits("whole", "got")]: "0x40",
      [waits("whole", "aborted")]: "0+2x40",
      [ended("whole")]: "0+20x40",
      [ofReaders("whole", "aborted")]: "0+2x40",
      [waits("most", "got")]: "0x40",
      [waits("most", "aborted")]: "0+2x40",
      [ended("most")]: "0+4x40",
      [ofReaders("most", "aborted")]: "0+2x40",
      [waits("goes-on", "got")]: "0+9x40",
      [waits("goes-on", "aborted")]: "0+2x40",
      [ended("goes-on")]: "0+1x40",
      [ofReaders("goes-on", "aborted")]: "0+2x40",
    },
    fires: [{ at: "20m", of: [{ job: "chat", model: "most" }] }],
  },
  {
    name: "a queue refuses every tenth, another one of forty; a job without a queue answers 503 to every tenth, one to one of forty",
    alert: "AIWatchRefusingRequests",
    series: {
      [entries("full", "admitted")]: "0+36x40",
      [entries("full", "refused")]: "0+4x40",
      [entries("open", "admitted")]: "0+78x40",
      [entries("open", "refused")]: "0+2x40",
      ...answers("chat", 36, 4),
      ...answers("other", 36, 4),
      ...answers("calm", 78, 2),
    },
    fires: [{ at: "20m", of: [{ job: "chat", queue: "full" }, { job: "other" }] }],
  },
];

function answers(job: string, good: number, refused: number): Record<string, string> {
  return {
    [of(requestOutcomes, { job, outcome: "ok" })]: `0+${good}x40`,
    [of(requestOutcomes, { job, outcome: "failed" })]: `0+${refused}x40`,
    [of(errors, { job, type: "unavailable", operation: "http" })]: `0+${refused}x40`,
  };
}

interface Waits {
  /** Seconds to the first token in the browser, and from the request's arrival on the server. */
  readonly browser: number;
  readonly server: number;
  /** @default 6 */
  readonly reports?: number;
}

/** The buckets, of which the seconds are in one, as both rows have them. */
const bucketed = (
  row: typeof clientFirstToken | typeof requestFirstToken,
  labels: object,
  seconds: number,
  each: number,
) =>
  Object.fromEntries(
    [...row.bounds.map((bound) => (Number.isInteger(bound) ? `${bound}.0` : `${bound}`)), "+Inf"].map((le) => [
      of(row, { ...labels, le }, "_bucket"),
      Number(le === "+Inf" ? Number.POSITIVE_INFINITY : le) < seconds ? "0x40" : `0+${each}x40`,
    ]),
  );

/** So many reports a minute beside six answers of the server's. */
function browsers(job: string, { browser, server, reports = 6 }: Waits): Record<string, string> {
  const ofModel = { job, model: "m" };
  return {
    ...bucketed(clientFirstToken, { job }, browser, reports),
    [of(clientFirstToken, { job }, "_sum")]: `0+${reports * browser}x40`,
    [of(clientFirstToken, { job }, "_count")]: `0+${reports}x40`,
    ...bucketed(requestFirstToken, ofModel, server, 6),
    [of(requestFirstToken, ofModel, "_sum")]: `0+${6 * server}x40`,
    [of(requestFirstToken, ofModel, "_count")]: "0+6x40",
  };
}

const pages: Case = {
  name: "browsers that wait 3.1 s longer, 2.9 s, and too few of them; 0.4 s on two sides of a bound, and 9 s between two",
  alert: "AIWatchBrowserWaitsLonger",
  series: {
    ...browsers("far", { browser: 4.6, server: 1.5 }),
    ...browsers("near", { browser: 4.4, server: 1.5 }),
    ...browsers("few", { browser: 8, server: 1.5, reports: 1 }),
    ...browsers("beside", { browser: 5.2, server: 4.8 }),
    ...browsers("between", { browser: 19.5, server: 10.5 }),
  },
  fires: [
    { at: "10m", of: [] },
    { at: "30m", of: ["between", "far"].map((job) => ({ job })) },
  ],
};

/** A page that slept for ten minutes before it reported. */
const slept: Case = {
  name: "one report of ten minutes among two a minute of a second",
  alert: "AIWatchBrowserWaitsLonger",
  series: {
    [of(clientFirstToken, {}, "_sum")]: "0+2x20 640+2x20",
    [of(clientFirstToken, {}, "_count")]: "0+2x40",
    [of(requestFirstToken, { model: "m" }, "_sum")]: "0+2x40",
    [of(requestFirstToken, { model: "m" }, "_count")]: "0+2x40",
  },
  fires: Array.from({ length: 19 }, (_, minute) => ({ at: `${20 + minute}m`, of: [] })),
  values: [
    {
      promql:
        "round(increase(genai_app_client_first_token_seconds_sum[5m]) / increase(genai_app_client_first_token_seconds_count[5m]))",
      at: "23m",
      are: { '{job="chat", instance="a:1"}': 61 },
    },
  ],
};

export const waitingCases: readonly Case[] = [...outageCases, ...queues, ...lost, pages, slept];
