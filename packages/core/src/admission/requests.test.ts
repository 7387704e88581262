import type { ServerResponse } from "node:http";
import pLimit from "p-limit";
import PQueue from "p-queue";
import { expect, it } from "vitest";
import { currentRequest } from "../request/scope.ts";
import { type DoorName, doors } from "../test-support/doors.ts";
import { serve } from "../test-support/served-app.ts";
import { figuresOf } from "./test-support/set-up.ts";

it.each(Object.keys(doors) as DoorName[])(
  "tasks that requests of %s hand to a limiter run in their own contexts, and each is counted once",
  async (name) => {
    let limit = pLimit(1);
    const route = {
      path: "/limited",
      async raw(_req: unknown, res: ServerResponse) {
        const id = currentRequest()?.requestId;
        const inside = await limit(async () => {
          await new Promise((resolve) => setImmediate(resolve));
          return currentRequest()?.requestId;
        });
        res.end(String(id !== undefined && id === inside));
      },
    };
    const app = await serve(doors[name], [route]);
    limit = app.aiwatch.admission({ queue: "line", order: "fifo" }).wrap(limit);
    const texts = Array.from({ length: 5 }, async () => (await fetch(`${app.url}/limited`)).text());
    expect(await Promise.all(texts)).toEqual(Array(5).fill("true"));
    await app.settled(5);
    expect(await figuresOf(app)).toMatchObject({ waiting: 0, admitted: 5, waits: 5, left: 0 });
  },
);

it.each(Object.keys(doors) as DoorName[])(
  "p-queue starts a task where another request's ended: for us it is in the request of %s that added it",
  async (name) => {
    const queue = new PQueue({ concurrency: 1 });
    let begin = () => {};
    const allAreIn = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const route = {
      path: "/queued",
      async raw(_req: unknown, res: ServerResponse) {
        const added = currentRequest()?.requestId;
        if (queue.size === 3) setImmediate(begin);
        const inside = await queue.add(async () => {
          const inference = app.aiwatch.startInference({ model: "tiny" });
          await allAreIn;
          inference.token();
          inference.end({ unified: "stop" });
          return currentRequest()?.requestId;
        });
        res.end(String(added !== undefined && added === inside));
      },
    };
    const app = await serve(doors[name], [route]);
    app.aiwatch.admission({ queue: "line" }).wrap(queue);
    const texts = Array.from({ length: 5 }, async () => (await fetch(`${app.url}/queued`)).text());
    expect(await Promise.all(texts)).toEqual(Array(5).fill("true"));
    await app.settled(5);
    expect(await app.sample("genai_app_request_first_token_seconds_count", { model: "tiny" })).toBe(5);
    expect(app.aiwatch.summary().window.chats).toBe(5);
  },
);

it("a task that was added outside of any request is in none, wherever it starts", async () => {
  const queue = new PQueue({ concurrency: 1 });
  const inRequests: unknown[] = [];
  const route = {
    path: "/queued",
    async raw(_req: unknown, res: ServerResponse) {
      const own = queue.add(() => new Promise((resolve) => added.then(resolve)));
      started();
      await own;
      res.end();
    },
  };
  let started = () => {};
  const begun = new Promise<void>((resolve) => {
    started = resolve;
  });
  let add = () => {};
  const added = new Promise<void>((resolve) => {
    add = resolve;
  });
  const app = await serve(doors["node:http"], [route]);
  app.aiwatch.admission({ queue: "line" }).wrap(queue);
  const answer = fetch(`${app.url}/queued`);
  await begun;
  const outside = queue.add(() => inRequests.push(currentRequest()));
  add();
  await outside;
  await (await answer).text();
  expect(inRequests).toEqual([undefined]);
});
