import { catalogue } from "@aiwatch/core";
import { type Case, of } from "./case.ts";
import { memoryCases } from "./memory-cases.ts";

const { lastTokenAge, oldestInference, decodeBatchTokens, eventLoopDelay, kvCacheUsage, activeInferences } = catalogue;
const { admissionWaiting, queuedInferences, firstTokenWaits, llamaCppServerKvCacheUsage, contextShifts, inferences } =
  catalogue;
const { admissions, chatTokens } = catalogue;
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

/** So many inferences of a model in a process that are evaluated, and that wait for it. */
const underWay = (labels: OfProcess, active: number, queued: number) => ({
  [of(activeInferences, labels)]: `${active}x30`,
  [of(queuedInferences, labels)]: `${queued}x30`,
});

interface OfProcess {
  readonly model: string;
  readonly instance?: string;
}

/** Two readers of an agent whose tool does not return, beside a model that works, and two in a line whose pace is given, as is the other model's. */
const besideAnother = (instance: string, { admitted, tokens }: { admitted: string; tokens: string }) => ({
  [of(lastTokenAge, { model: "agent", instance })]: "0+60x30",
  [of(lastTokenAge, { model: "small", instance })]: "0x30",
  [of(activeInferences, { model: "agent", instance })]: "2x30",
  [of(activeInferences, { model: "small", instance })]: "2x30",
  [of(admissionWaiting, { queue: "q", instance })]: "2x30",
  [of(admissions, { queue: "q", outcome: "admitted", instance })]: admitted,
  [of(chatTokens, { model: "small", direction: "output", instance })]: tokens,
});

/** Answers in one piece that take more than five minutes. */
const inOnePiece = (model: string, ends: Readonly<Record<string, string>>) => ({
  [of(oldestInference, { model })]: "250x2 400x30",
  ...waitedFor({ model }),
  ...underWay({ model }, 6, 0),
  ...ends,
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
      ...Object.assign(
        {},
        ...["hung", "slow", "never", "patient", "embeddings", "idle"].map((model) => underWay({ model }, 2, 1)),
      ),
      [of(lastTokenAge, { model: "lonely", ...b })]: "0+60x22",
      ...underWay({ model: "lonely", ...b }, 2, 0),
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
    name: "one reader of a model whose tool takes its time, beside two of another model that goes on; four of one model",
    alert: "AIWatchGenerationStalled",
    series: {
      [of(lastTokenAge, { model: "agent" })]: "0+60x22",
      [of(lastTokenAge, { model: "small" })]: "0x22",
      ...underWay({ model: "agent" }, 1, 0),
      ...underWay({ model: "small" }, 2, 0),
      [of(lastTokenAge, { model: "agent", ...b })]: "0+60x22",
      [of(lastTokenAge, { model: "small", ...b })]: "0x22",
      ...underWay({ model: "agent", ...b }, 3, 1),
      ...underWay({ model: "small", ...b }, 2, 0),
    },
    fires: [
      { at: "3m", of: [] },
      { at: "8m", of: [{ job: "chat", instance: "b:1", model: "agent" }] },
    ],
  },
  {
    name: "two readers of a model that stalls, and two in line beside another model that goes on: a line that moves is the other's, one that stands is not; and one that moves since all give up",
    alert: "AIWatchGenerationStalled",
    series: {
      ...besideAnother("moves:1", { admitted: "0+9x30", tokens: "0+600x30" }),
      ...besideAnother("stands:1", { admitted: "9x30", tokens: "0+600x30" }),
      ...besideAnother("left:1", { admitted: "0+2x30", tokens: "600x30" }),
    },
    fires: [{ at: "8m", of: ["left:1", "stands:1"].map((instance) => ({ job: "chat", instance, model: "agent" })) }],
  },
  {
    name: "answers in one piece that take more than five minutes, of which some complete; and none does, all fail, or embeddings do; one where tokens came and stopped",
    alert: "AIWatchGenerationStalled",
    series: {
      ...inOnePiece("whole", { [ended("whole")]: "0+1x30" }),
      ...inOnePiece("none", { [ended("none")]: "9x30" }),
      ...inOnePiece("fails", {
        [of(inferences, { model: "fails", operation: "chat", finish_reason: "error" })]: "0+1x30",
        [of(inferences, { model: "fails", operation: "chat", finish_reason: "aborted" })]: "0+1x30",
      }),
      ...inOnePiece("mixed", {
        [of(inferences, { model: "mixed", operation: "embeddings", finish_reason: "stop" })]: "0+1x30",
      }),
      ...inOnePiece("stopped", { [of(lastTokenAge, { model: "stopped" })]: "0+60x30", [ended("stopped")]: "0+1x30" }),
    },
    fires: [
      {
        at: "20m",
        of: ["fails", "mixed", "none", "stopped"].map((model) => ({ job: "chat", instance: "a:1", model })),
      },
    ],
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
      ...underWay({ model: "m" }, 3, 0),
      ...underWay({ model: "n" }, 3, 0),
      ...underWay({ model: "m", ...b }, 1, 0),
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
