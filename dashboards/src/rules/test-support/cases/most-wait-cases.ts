import { catalogue } from "@aiwatch/core";
import { type Case, of } from "./case.ts";

const alert = "AIWatchMostReadersWaitTooLong";
const every = "15s";
const { requestFirstToken } = catalogue;
const fires = (...models: readonly string[]) => models.map((model) => ({ job: "chat", model }));

interface Counted {
  /** All first tokens, in promtool's notation. */
  readonly all: string;
  readonly within: string;
  readonly instance?: string;
  /** Prometheus keeps a whole bound in either spelling. @default "2.0" */
  readonly le?: string;
}

/** First tokens of a model, and those of them within the objective. */
const tokens = (model: string, { all, within, instance = "a:1", le = "2.0" }: Counted): Record<string, string> => ({
  [of(requestFirstToken, { model, instance }, "_count")]: all,
  [of(requestFirstToken, { model, instance, le }, "_bucket")]: within,
});

/** A first token every five seconds. */
const steady = "0+3x120";

/** Both sides of each threshold. */
const thresholds: readonly Case[] = [
  {
    name: "ten minutes all is well, then everybody waits: somebody is told after five minutes, not before, and no more three minutes after it is over",
    alert,
    every,
    series: tokens("m", { all: steady, within: "0+3x40 120x39 120+3x40" }),
    fires: [
      { at: "10m", of: [] },
      { at: "14m30s", of: [] },
      { at: "15m", of: fires("m") },
      { at: "20m", of: fires("m") },
      { at: "23m", of: [] },
    ],
  },
  {
    name: "two models: of one 11 of 20 wait too long, of the other 9 of 20; and half is not most",
    alert,
    every,
    series: {
      ...tokens("most", { all: "0+20x120", within: "0+9x120" }),
      ...tokens("few", { all: "0+20x120", within: "0+11x120" }),
      ...tokens("half", { all: "0+20x120", within: "0+10x120" }),
    },
    fires: [{ at: "20m", of: fires("most") }],
  },
  {
    name: "most of all processes together: one of two has most of the readers, and all of them wait; and the reverse",
    alert,
    every,
    series: {
      ...tokens("together", { all: "0+3x120", within: "0x120", le: "2" }),
      ...tokens("together", { all: "0+2x120", within: "0+2x120", instance: "b:1", le: "2" }),
      ...tokens("apart", { all: "0+2x120", within: "0x120" }),
      ...tokens("apart", { all: "0+3x120", within: "0+3x120", instance: "b:1" }),
    },
    fires: [{ at: "20m", of: fires("together") }],
  },
  {
    name: "little traffic: a late reader each half minute are ten within five minutes, one each three quarters of a minute are not",
    alert,
    every,
    series: {
      ...tokens("ten", { all: late(2), within: "0x120" }),
      ...tokens("seven", { all: late(3), within: "0x120" }),
    },
    fires: [{ at: "25m", of: fires("ten") }],
  },
];

/** A counter that grows by one every so many samples. */
function late(samples: number): string {
  return Array.from({ length: Math.floor(120 / samples) }, (_, index) => `${index}x${samples - 1}`).join(" ");
}

/** What is no trouble of most readers. */
const silent: readonly Case[] = [
  {
    name: "no traffic, one idle model, one slow reader of a few, and a burst of a dozen that is over within half a minute, with nobody after it and with some",
    alert,
    every,
    series: {
      ...tokens("idle", { all: "50x120", within: "5x120" }),
      ...tokens("one", { all: "0x59 1x60", within: "0x120" }),
      ...tokens("burst", { all: "0x59 6 12x59", within: "0x120" }),
      ...tokens("over", { all: "0x59 6 12 13+1x57", within: "0x61 1+1x57" }),
    },
    fires: ["16m", "17m", "18m", "19m", "20m", "22m"].map((at) => ({ at, of: [] })),
  },
  {
    name: "a restart resets the counters, and makes nobody late",
    alert,
    every,
    series: tokens("m", { all: "0+3x60 0+3x60", within: "0+3x60 0+3x60" }),
    fires: ["15m", "16m", "18m", "20m"].map((at) => ({ at, of: [] })),
  },
  {
    name: "a young series: nine late readers of a model that was just loaded, and a counter that is born above 0",
    alert,
    every,
    series: {
      ...tokens("new", { all: "_x20 0x8 3x8 6x8 9x70", within: "_x20 0x100" }),
      ...tokens("born", { all: "_x20 100x100", within: "_x20 0x100" }),
    },
    fires: ["8m", "9m", "10m", "12m", "14m"].map((at) => ({ at, of: [] })),
  },
];

/** What most readers of a model wait for, and for how long. */
export const mostWaitCases: readonly Case[] = [...thresholds, ...silent];
