import { catalogue } from "@aiwatch/core";
import { type Case, of } from "./case.ts";

const { modelServerUp } = catalogue;

/** A server as so many processes see it, of which so many find it not ready from the tenth minute on. */
function seenBy(server: string, all: number, down: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: all }, (_, index) => [
      of(modelServerUp, { server, instance: `${index}:1` }),
      index < down ? "1x9 0x40" : "1x50",
    ]),
  );
}

const servers = {
  ...seenBy("shared:8081", 300, 300),
  ...seenBy("most:8081", 3, 2),
  ...seenBy("half:8081", 2, 1),
  ...seenBy("127.0.0.1:8081", 10, 1),
  ...seenBy("well:8081", 2, 0),
};

const ofChat = (server: string) => ({ job: "chat", server });

export const modelServerCases: readonly Case[] = [
  {
    name: "more than half of the processes find it not ready for five minutes: one alert, were it of 300; not half of them",
    alert: "AIWatchModelServerDown",
    series: servers,
    fires: [
      { at: "14m", of: [] },
      { at: "16m", of: ["most:8081", "shared:8081"].map(ofChat) },
      { at: "45m", of: ["most:8081", "shared:8081"].map(ofChat) },
    ],
  },
  {
    name: "half or fewer for 15 minutes: one of ten that each have a server beside them",
    alert: "AIWatchModelServerDownForSome",
    series: servers,
    fires: [
      { at: "24m", of: [] },
      { at: "26m", of: ["127.0.0.1:8081", "half:8081"].map(ofChat) },
    ],
  },
  {
    name: "all: how many of how many",
    alert: "AIWatchModelServerDown",
    series: { ...seenBy("shared:8081", 300, 300), ...seenBy("127.0.0.1:8081", 10, 1) },
    says: [
      {
        at: "30m",
        labels: ofChat("shared:8081"),
        summary: "The model server shared:8081 of chat is not ready for 300 of 300 processes",
      },
    ],
  },
  {
    name: "some: how many of how many",
    alert: "AIWatchModelServerDownForSome",
    series: { ...seenBy("shared:8081", 300, 300), ...seenBy("127.0.0.1:8081", 10, 1) },
    says: [
      {
        at: "30m",
        labels: ofChat("127.0.0.1:8081"),
        summary: "The model server 127.0.0.1:8081 of chat is not ready for 1 of 10 processes",
      },
    ],
  },
  {
    name: "some, in one of two namespaces",
    alert: "AIWatchModelServerDownForSome",
    by: ["namespace"],
    series: Object.fromEntries(
      ["prod", "staging"].flatMap((namespace, index) =>
        Object.entries(seenBy("127.0.0.1:8081", 4, 1 - index)).map(([series, samples]) => [
          series.replace("{", `{namespace="${namespace}", `),
          samples,
        ]),
      ),
    ),
    says: [
      {
        at: "30m",
        labels: { namespace: "prod", ...ofChat("127.0.0.1:8081") },
        summary: "The model server 127.0.0.1:8081 of prod/chat is not ready for 1 of 4 processes",
      },
    ],
  },
];
