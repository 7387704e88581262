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

/** Six reports a minute, all between two bounds, of answers that began within two seconds. */
function browsers(job: string, between: readonly [string, string], perMinute = 6): Record<string, string> {
  const [low, high] = between;
  return {
    [of(clientFirstToken, { job, le: low }, "_bucket")]: "0x40",
    [of(clientFirstToken, { job, le: high }, "_bucket")]: `0+${perMinute}x40`,
    [of(clientFirstToken, { job, le: "+Inf" }, "_bucket")]: `0+${perMinute}x40`,
    [of(clientFirstToken, { job }, "_count")]: `0+${perMinute}x40`,
    [of(requestFirstToken, { job, model: "m", le: "1.0" }, "_bucket")]: "0x40",
    [of(requestFirstToken, { job, model: "m", le: "2.0" }, "_bucket")]: "0+6x40",
    [of(requestFirstToken, { job, model: "m", le: "+Inf" }, "_bucket")]: "0+6x40",
  };
}

const pages: Case = {
  name: "browsers that see the first token after five to ten seconds, after two to five (4.85 − 1.95 s), and too few of them",
  alert: "AIWatchBrowserWaitsLonger",
  series: {
    ...browsers("far", ["5.0", "10.0"]),
    ...browsers("near", ["2.0", "5.0"]),
    ...browsers("few", ["5.0", "10.0"], 1),
  },
  fires: [{ at: "30m", of: [{ job: "far" }] }],
};

export const waitingCases: readonly Case[] = [...outageCases, ...queues, ...lost, pages];
