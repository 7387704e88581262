import { catalogue } from "@aiwatch/core";
import { type Case, of } from "./case.ts";
import { memoryCases } from "./memory-cases.ts";

const { lastTokenAge, oldestInference, decodeBatchTokens, eventLoopDelay, kvCacheUsage, activeInferences } = catalogue;
const { admissionWaiting, queuedInferences, firstTokenWaits, llamaCppServerKvCacheUsage, contextShifts, inferences } =
  catalogue;
const b = { instance: "b:1" };
const ended = (model: string) => of(inferences, { model, operation: "chat", finish_reason: "stop" });

/** Samples of the event loop each minute, of which so many are over half a second. */
function delays(instance: string, perMinute: number, over: number): Record<string, string> {
  return {
    [of(eventLoopDelay, { instance, le: "0.5" }, "_bucket")]: `0+${perMinute - over}x30`,
    [of(eventLoopDelay, { instance, le: "1.0" }, "_bucket")]: `0+${perMinute}x30`,
    [of(eventLoopDelay, { instance, le: "+Inf" }, "_bucket")]: `0+${perMinute}x30`,
    [of(eventLoopDelay, { instance }, "_count")]: `0+${perMinute}x30`,
  };
}

/** The series of a model that gives tokens: they begin at 0 with its first inference. */
const waitedFor = (labels: { model: string; instance?: string }) => ({
  [of(firstTokenWaits, { ...labels, outcome: "got" })]: "0x30",
  [of(firstTokenWaits, { ...labels, outcome: "aborted" })]: "0x30",
});

/** So many inferences of a process that are evaluated, and that wait for it. */
const underWay = (process: { instance?: string }, active: number, queued: number) => ({
  [of(activeInferences, { model: "m", ...process })]: `${active}x22`,
  [of(queuedInferences, { model: "m", ...process })]: `${queued}x22`,
});

/** Others get tokens all the time. */
const hangs: Case = {
  name: "one inference among others that go on: for half an hour and five minutes, and ones that end before",
  alert: "AIWatchInferenceHangs",
  series: {
    [of(lastTokenAge, { model: "leaks" })]: "0.1x100",
    [of(oldestInference, { model: "leaks" })]: "0+60x100",
    [of(oldestInference, { model: "long" })]: "1790x100",
    [of(oldestInference, { model: "ends" })]: "0+60x32 0x60",
  },
  fires: [
    { at: "33m", of: [] },
    { at: "40m", of: [{ job: "chat", instance: "a:1", model: "leaks" }] },
  ],
};

const stalls: readonly Case[] = [
  {
    name: "of any engine: no token for three minutes, one within two, none yet of an answer that waits for six, for four; embeddings have none; and two readers of another process",
    alert: "AIWatchGenerationStalled",
    series: {
      [of(lastTokenAge, { model: "hung" })]: "0+60x22",
      [of(oldestInference, { model: "hung" })]: "0+60x22",
      [of(lastTokenAge, { model: "slow" })]: "119x22",
      [of(oldestInference, { model: "slow" })]: "0+60x22",
      [of(oldestInference, { model: "never" })]: "0+60x22",
      ...waitedFor({ model: "never" }),
      [of(oldestInference, { model: "patient" })]: "240x22",
      ...waitedFor({ model: "patient" }),
      [of(oldestInference, { model: "embeddings" })]: "0+60x22",
      [of(oldestInference, { model: "idle" })]: "_x22",
      ...underWay({}, 2, 1),
      [of(lastTokenAge, { model: "lonely", ...b })]: "0+60x22",
      ...underWay(b, 2, 0),
    },
    fires: [
      { at: "3m30s", of: [] },
      { at: "4m30s", of: [{ job: "chat", instance: "a:1", model: "hung" }] },
      { at: "8m", of: ["hung", "never"].map((model) => ({ job: "chat", instance: "a:1", model })) },
    ],
  },
  {
    name: "a model behind HTTP, of which nobody sees who waits: three readers of one process, two of another",
    alert: "AIWatchGenerationStalled",
    series: {
      [of(lastTokenAge, { model: "served" })]: "0+60x22",
      [of(lastTokenAge, { model: "served", ...b })]: "0+60x22",
      [of(activeInferences, { model: "served" })]: "3x22",
      [of(activeInferences, { model: "served", ...b })]: "2x22",
    },
    fires: [{ at: "8m", of: [{ job: "chat", instance: "a:1", model: "served" }] }],
  },
  {
    name: "llama.cpp in the process evaluates a long prompt: it decodes, and does not on the other process",
    alert: "AIWatchGenerationStalled",
    series: {
      [of(oldestInference, { model: "m" })]: "0+60x22",
      [of(decodeBatchTokens, { model: "m" }, "_count")]: "0+9x22",
      ...waitedFor({ model: "m" }),
      ...waitedFor({ model: "m", ...b }),
      [of(oldestInference, { model: "m", ...b })]: "0+60x22",
      [of(decodeBatchTokens, { model: "m", ...b }, "_count")]: "9x22",
      [of(lastTokenAge, { model: "n" })]: "0+60x22",
      [of(decodeBatchTokens, { model: "n" }, "_count")]: "0+9x22",
      ...underWay({}, 3, 0),
      ...underWay(b, 1, 0),
      [of(admissionWaiting, { queue: "sequences", ...b })]: "2x22",
    },
    fires: [{ at: "15m", of: [{ job: "chat", instance: "b:1", model: "m" }] }],
  },
  {
    name: "the event loop: 2 % of the samples over half a second, 0.5 %, and too few of them",
    alert: "AIWatchEventLoopStalled",
    series: { ...delays("a:1", 1000, 20), ...delays("b:1", 1000, 5), ...delays("c:1", 6, 3) },
    fires: [
      { at: "4m", of: [] },
      { at: "20m", of: [{ job: "chat", instance: "a:1" }] },
    ],
  },
];

/** Few samples, because each is so late: a loop that stands still for two seconds at a time, all over a second, takes 28 a minute. */
const late: Case = {
  name: "the event loop is late by two seconds each time; four late samples of a chat or two are too few",
  alert: "AIWatchEventLoopStalled",
  series: {
    ...lateBy2s("a:1", 28),
    ...lateBy2s("b:1", 0.8),
  },
  fires: [{ at: "20m", of: [{ job: "chat", instance: "a:1" }] }],
};

function lateBy2s(instance: string, perMinute: number): Record<string, string> {
  return {
    [of(eventLoopDelay, { instance, le: "1.0" }, "_bucket")]: "0x30",
    [of(eventLoopDelay, { instance, le: "2.5" }, "_bucket")]: `0+${perMinute}x30`,
    [of(eventLoopDelay, { instance, le: "+Inf" }, "_bucket")]: `0+${perMinute}x30`,
    [of(eventLoopDelay, { instance }, "_count")]: `0+${perMinute}x30`,
    [of(eventLoopDelay, { instance }, "_sum")]: `0+${perMinute * 2}x30`,
  };
}

const memory: readonly Case[] = [
  {
    name: "the KV cache at 91 % while it works, at 89 %, at 99 % of a model that rests, and at 91 % in a server",
    alert: "AIWatchKVCacheSaturated",
    series: {
      [of(kvCacheUsage, { model: "full" })]: "0.91x30",
      [of(activeInferences, { model: "full" })]: "0 0 1 0 0 0 1 0 0 0 1 0 0 0 1 0 0 0 1 0 0 0 1 0 0 0 1 0 0 0 1",
      [of(kvCacheUsage, { model: "near" })]: "0.89x30",
      [of(activeInferences, { model: "near" })]: "1x30",
      [of(kvCacheUsage, { model: "resting" })]: "0.99x30",
      [of(activeInferences, { model: "resting" })]: "0x30",
      [of(llamaCppServerKvCacheUsage, { server: "s", model: "full" })]: "0.91x30",
      [of(llamaCppServerKvCacheUsage, { server: "s", model: "near" })]: "0.89x30",
    },
    fires: [
      {
        at: "25m",
        of: [
          { job: "chat", instance: "a:1", model: "full" },
          { job: "chat", server: "s", model: "full" },
        ],
      },
    ],
  },
  {
    name: "three shifts for ten answers, one for ten, four in all, an endless answer, a restart, and as many as that in two processes",
    alert: "AIWatchContextShiftStorm",
    series: {
      [of(contextShifts, { model: "storm" })]: "0+3x40",
      [ended("storm")]: "0+10x40",
      [of(contextShifts, { model: "some" })]: "0+1x40",
      [ended("some")]: "0+10x40",
      [of(contextShifts, { model: "rare" })]: "0x20 4x20",
      [ended("rare")]: "0x40",
      [of(contextShifts, { model: "endless" })]: "0+3x40",
      [of(contextShifts, { model: "reset" })]: "90x20 0x20",
      [ended("reset")]: "0+1x20 0+1x20",
    },
    fires: [{ at: "25m", of: ["storm", "endless"].map((model) => ({ job: "chat", model })) }],
  },
];

export const engineCases: readonly Case[] = [...stalls, hangs, late, ...memory, ...memoryCases];
