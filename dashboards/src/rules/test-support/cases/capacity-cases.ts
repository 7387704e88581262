import { catalogue } from "@aiwatch/core";
import { type Case, named, of } from "./case.ts";

const { activeRequests } = catalogue;

/** So many targets of a job, of which so many are down from the tenth minute on. */
function targets(job: string, all: number, down: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: all }, (_, index) => ({ job, instance: `${index}:1` })).flatMap((labels, index) => [
      [named("up", labels), index < down ? "1x9 0x60" : "1x70"],
      [of(activeRequests, labels), index < down ? "0x9 _x60" : "0x70"],
    ]),
  );
}

export const capacityCases: readonly Case[] = [
  {
    name: "half of four and nine of ten are down for five minutes; a third, all, and targets that never had AIWatch are another matter",
    alert: "AIWatchJobDegraded",
    series: {
      ...targets("half", 4, 2),
      ...targets("most", 10, 9),
      ...targets("third", 3, 1),
      ...targets("all", 2, 2),
      [named("up", { job: "db", instance: "1:1" })]: "0x70",
      [named("up", { job: "db", instance: "2:1" })]: "1x70",
    },
    fires: [
      { at: "14m", of: [] },
      { at: "16m", of: [{ job: "half" }, { job: "most" }] },
      { at: "60m", of: [{ job: "half" }, { job: "most" }] },
    ],
  },
  {
    name: "no target any more, for five minutes, until an hour is over; one that is down, one whose metrics come without a scrape, and one that moves",
    alert: "AIWatchJobGone",
    series: {
      [named("up")]: "1x10 stale",
      [of(activeRequests)]: "1x10 stale",
      ...targets("down", 1, 1),
      [of(activeRequests, { job: "pushed" })]: "1x100",
      [named("up", { job: "moves" })]: "1x10 stale",
      [named("up", { job: "moves", instance: "b:1" })]: "_x14 1x80",
      [of(activeRequests, { job: "moves" })]: "1x10 stale",
    },
    fires: [
      { at: "15m", of: [] },
      { at: "17m", of: [{ job: "chat" }] },
      { at: "69m", of: [{ job: "chat" }] },
      { at: "73m", of: [] },
    ],
  },
];
