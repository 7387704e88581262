import { expect, it } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { ClusterMember } from "./member.ts";
import { type Message, type ParentTransport, protocol } from "./message.ts";

it("asks its parent once for all who read at once, and anew for the next", async () => {
  const sent: Message[] = [];
  let hear: (message: unknown) => void = () => {};
  const parent: ParentTransport = {
    name: "parent",
    patience: 1,
    open(heard) {
      hear = heard;
      return { isConnected: true, send: async (message) => void sent.push(message), mute() {}, close() {} };
    },
  };
  const member = new ClusterMember(hostOf(createTestAiwatch().aiwatch), 10_000, { parent, workers: [] });
  const answer = (underWay: number) => {
    const question = sent.at(-1) as Extract<Message, { kind: "ask" }>;
    hear({ ...question, kind: "piece", parts: [{ underWay, chats: [] }], last: true, protocol });
  };
  const asks = () => sent.filter(({ kind }) => kind === "ask").length;
  const all = Array.from({ length: 100 }, () => member.gatherChats());
  expect(asks()).toBe(1);
  answer(3);
  expect(new Set((await Promise.all(all)).map(({ underWay }) => underWay))).toEqual(new Set([3]));
  const next = member.gatherChats();
  expect(asks()).toBe(2);
  answer(4);
  expect(await next).toMatchObject({ underWay: 4 });
});
