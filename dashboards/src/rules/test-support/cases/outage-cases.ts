import { catalogue } from "@aiwatch/core";
import { type Case, of } from "./case.ts";

const { admissions, firstTokenWaits } = catalogue;
const entries = (queue: string, outcome: "admitted" | "refused") => of(admissions, { queue, outcome });
const waits = (model: string, outcome: "got" | "aborted") => of(firstTokenWaits, { model, outcome });

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
];
