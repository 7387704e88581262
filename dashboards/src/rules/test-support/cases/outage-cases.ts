import { catalogue } from "@aiwatch/core";
import { type Case, of } from "./case.ts";

const { admissions, firstTokenWaits, inferences } = catalogue;
const entries = (queue: string, outcome: "admitted" | "refused") => of(admissions, { queue, outcome });
const waits = (model: string, outcome: "got" | "aborted") => of(firstTokenWaits, { model, outcome });
const ended = (
  model: string,
  finish_reason: "stop" | "length" | "aborted" | "error",
  operation: "chat" | "embeddings" = "chat",
) => of(inferences, { model, operation, finish_reason });

export const outageCases: readonly Case[] = [
  {
    name: "everybody is refused, and six of ten; four of ten, and fewer than twenty in five minutes",
    alert: "AIWatchMostAreRefused",
    series: {
      [entries("shut", "admitted")]: "0x40",
      [entries("shut", "refused")]: "0+30x40",
      [entries("most", "admitted")]: "0+12x40",
      [entries("most", "refused")]: "0+18x40",
      [entries("some", "admitted")]: "0+18x40",
      [entries("some", "refused")]: "0+12x40",
      [entries("night", "admitted")]: "0x40",
      [entries("night", "refused")]: "0+3x40",
    },
    fires: [
      { at: "5m", of: [] },
      { at: "20m", of: ["most", "shut"].map((queue) => ({ job: "chat", queue })) },
    ],
  },
  {
    name: "an engine that hangs before the first token, and all give up; a model of which one in thirty got one, and one that few ask",
    alert: "AIWatchNobodyGetsAToken",
    series: {
      [waits("hangs", "got")]: "0+9x10 90x60",
      [waits("hangs", "aborted")]: "0x10 0+3x60",
      [waits("typing", "got")]: "0+1x70",
      [waits("typing", "aborted")]: "0+30x70",
      [waits("rare", "got")]: "0x70",
      [waits("rare", "aborted")]: "0+1x70",
    },
    fires: [
      { at: "15m", of: [] },
      { at: "22m", of: [{ job: "chat", model: "hangs" }] },
      { at: "60m", of: [{ job: "chat", model: "hangs" }] },
    ],
  },
  {
    name: "twenty-five of 225 readers give up within ten minutes, and the others are answered in one piece; nobody is, of a model that failed, one that was called off and one that makes embeddings, too",
    alert: "AIWatchNobodyGetsAToken",
    every: "15s",
    series: {
      [waits("whole", "got")]: "0x160",
      [waits("whole", "aborted")]: "0+0.625x160",
      [ended("whole", "stop")]: "0+5x160",
      [ended("whole", "aborted")]: "0+0.625x160",
      [waits("long", "got")]: "0x160",
      [waits("long", "aborted")]: "0+0.625x160",
      [ended("long", "length")]: "0+1x160",
      [waits("hangs", "got")]: "0x160",
      [waits("hangs", "aborted")]: "0+0.625x160",
      [ended("hangs", "aborted")]: "0+0.625x160",
      [ended("hangs", "error")]: "0+1x160",
      [ended("hangs", "stop")]: "0x160",
      [ended("hangs", "stop", "embeddings")]: "0+5x160",
    },
    fires: [{ at: "30m", of: [{ job: "chat", model: "hangs" }] }],
  },
];
