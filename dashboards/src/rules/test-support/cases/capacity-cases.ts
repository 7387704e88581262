import { catalogue } from "@aiwatch/core";
import { type Case, named, of } from "./case.ts";

const { activeRequests } = catalogue;

const downFromTen = (index: number, down: number) => (index < down ? "1x9 0x60" : "1x70");

/** So many targets of a job, of which so many are down from the tenth minute on. */
function targets(job: string, all: number, down: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: all }, (_, index) => ({ job, instance: `${index}:1` })).flatMap((labels, index) => [
      [named("up", labels), downFromTen(index, down)],
      [of(activeRequests, labels), index < down ? "0x9 _x60" : "0x70"],
    ]),
  );
}

/** The same of other programs in the job. */
const others = (job: string, all: number, down: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: all }, (_, index) => [
      named("up", { job, instance: `other-${index}:1` }),
      downFromTen(index, down),
    ]),
  );

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
    name: "half of two are down, and eight others in the job answer; both answer, and the eight are down",
    alert: "AIWatchJobDegraded",
    series: {
      ...targets("half", 2, 1),
      ...others("half", 8, 0),
      ...targets("well", 2, 0),
      ...others("well", 8, 8),
    },
    fires: [{ at: "30m", of: [{ job: "half" }] }],
  },
  {
    name: "no target of its own any more, while another program in the job answers",
    alert: "AIWatchJobGone",
    series: {
      [named("up")]: "1x10 stale",
      [of(activeRequests)]: "1x10 stale",
      ...others("chat", 1, 0),
      ...targets("down", 1, 1),
      ...others("down", 1, 0),
    },
    fires: [
      { at: "15m", of: [] },
      { at: "17m", of: [{ job: "chat" }] },
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
      [of(activeRequests, { job: "moves", instance: "b:1" })]: "_x14 1x80",
    },
    fires: [
      { at: "15m", of: [] },
      { at: "17m", of: [{ job: "chat" }] },
      { at: "69m", of: [{ job: "chat" }] },
      { at: "73m", of: [] },
    ],
  },
];
