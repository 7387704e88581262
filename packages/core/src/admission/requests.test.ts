import type { ServerResponse } from "node:http";
import pLimit from "p-limit";
import { describe, expect, it } from "vitest";
import { currentRequest } from "../request/scope.ts";
import { type DoorName, doors } from "../test-support/doors.ts";
import { rawClient, requestText } from "../test-support/raw-client.ts";
import { type ServedApp, serve } from "../test-support/served-app.ts";
import type { Admission } from "./admission.ts";
import { figuresOf, noFigures, pending } from "./test-support/set-up.ts";

/** An app whose one route waits in `admission` for what the test gives, then answers. */
async function serveWaiting(name: DoorName) {
  const turns: ((thing: string) => void)[] = [];
  const answers: ServerResponse[] = [];
  const waits: unknown[] = [];
  const { promise: reached, resolve: reach } = pending<void>();
  let admission: Admission | undefined;
  const route = {
    path: "/wait",
    async raw(_req: unknown, res: ServerResponse) {
      const acquire = () => new Promise<string>((resolve) => turns.push(resolve));
      const turn = admission?.wait(acquire);
      answers.push(res);
      reach();
      const thing = await turn;
      const { scope } = { scope: currentRequest() };
      waits.push([thing, scope?.admission?.waitingSince, typeof scope?.admission?.waitedMs, scope?.closed]);
      res.end(thing);
    },
  };
  const app: ServedApp = await serve(doors[name], [route]);
  admission = app.aiwatch.admission({ queue: "line" });
  return { ...app, turns, answers, waits, reached };
}

describe.each(Object.keys(doors) as DoorName[])("a request of %s", (name) => {
  it("that waits is admitted when its turn comes", async () => {
    const app = await serveWaiting(name);
    const response = fetch(`${app.url}/wait`);
    await app.reached;
    expect(await figuresOf(app)).toEqual({ ...noFigures, waiting: 1 });
    app.turns[0]?.("answer");
    expect(await (await response).text()).toBe("answer");
    await app.settled(1);
    expect(await figuresOf(app)).toMatchObject({ waiting: 0, admitted: 1, waits: 1, left: 0 });
    expect(app.waits).toEqual([["answer", undefined, "number", false]]);
  });

  it("whose client leaves while it waits has left; what comes later goes to the app", async () => {
    const app = await serveWaiting(name);
    const client = await rawClient(app.port);
    client.socket.write(requestText("/wait"));
    await app.reached;
    client.socket.destroy();
    expect(await app.settled(1)).toMatchObject([{ status: 499, aborted: true }]);
    expect(await figuresOf(app)).toEqual({ ...noFigures, left: 1 });
    app.turns[0]?.("late");
    await expect.poll(() => app.waits).toEqual([["late", undefined, "number", true]]);
    expect(await figuresOf(app)).toEqual({ ...noFigures, left: 1 });
  });

  it("that is answered while it waits, as by a timer of the app's, has left", async () => {
    const app = await serveWaiting(name);
    const response = fetch(`${app.url}/wait`);
    await app.reached;
    app.answers[0]?.writeHead(503).end("too late");
    expect((await response).status).toBe(503);
    await app.settled(1);
    expect(await figuresOf(app)).toEqual({ ...noFigures, left: 1 });
  });

  it("has its tasks in a limiter run in its own context, and counted once", async () => {
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
  });
});
