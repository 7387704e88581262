import type { IncomingMessage, ServerResponse } from "node:http";
import { type Admission, currentRequest } from "@aiwatch/core";
import { expect } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import type { DoorUnderTest } from "./doors.ts";
import { rawClient, requestText } from "./raw-client.ts";
import { type ServedApp, serve } from "./served-app.ts";

/** How many wait, were admitted and have left. */
async function figuresOf({ sample }: Pick<ServedApp, "sample">) {
  const queue = "line";
  const waiting = await sample("genai_app_admission_waiting", { queue });
  const ended = (outcome: string) => sample("genai_app_admissions_total", { queue, outcome });
  return [waiting, await ended("admitted"), await ended("left")];
}

/** An app whose one route waits in a queue of its own until the test gives it its turn, and then answers. */
async function serveWaiting(door: DoorUnderTest) {
  const turns: ((thing: string) => void)[] = [];
  const answers: ServerResponse[] = [];
  const waits: unknown[] = [];
  let reach = () => {};
  let heard = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const over = new Promise<void>((resolve) => {
    heard = resolve;
  });
  let admission: Admission | undefined;
  const route = {
    path: "/wait",
    async raw(_req: IncomingMessage, res: ServerResponse) {
      const turn = admission?.wait(() => new Promise<string>((resolve) => turns.push(resolve)));
      answers.push(res);
      reach();
      const thing = await turn;
      const request = currentRequest();
      waits.push([thing, request?.admission?.waitingSince, typeof request?.admission?.waitedMs, request?.closed]);
      heard();
      res.end(thing);
    },
  };
  const app = await serve(door, [route]);
  admission = app.aiwatch.admission({ queue: "line" });
  return { ...app, turns, answers, waits, reached, over };
}

/** Requests that wait in a queue of the app's. */
export const waiting: readonly Behaviour[] = [
  {
    name: "a request that waits in the app's queue is admitted when its turn comes",
    async test(door) {
      const app = await serveWaiting(door);
      const response = fetch(`${app.url}/wait`);
      await app.reached;
      expect(await figuresOf(app)).toEqual([1, 0, 0]);
      app.turns[0]?.("answer");
      expect(await (await response).text()).toBe("answer");
      await app.settled(1);
      expect(await figuresOf(app)).toEqual([0, 1, 0]);
      expect(app.waits).toEqual([["answer", undefined, "number", false]]);
    },
  },
  {
    name: "a request whose client leaves while it waits has left; what comes later goes to the app",
    async test(door) {
      const app = await serveWaiting(door);
      const client = await rawClient(app.port);
      client.socket.write(requestText("/wait"));
      await app.reached;
      client.socket.destroy();
      expect(await app.settled(1)).toMatchObject([{ status: 499, aborted: true }]);
      expect(await figuresOf(app)).toEqual([0, 0, 1]);
      app.turns[0]?.("late");
      await app.over;
      expect(app.waits).toEqual([["late", undefined, "number", true]]);
      expect(await figuresOf(app)).toEqual([0, 0, 1]);
    },
  },
  {
    name: "a request that is answered while it waits, as by a timer of the app's, has left",
    async test(door) {
      const app = await serveWaiting(door);
      const response = fetch(`${app.url}/wait`);
      await app.reached;
      app.answers[0]?.writeHead(503).end("too late");
      expect((await response).status).toBe(503);
      await app.settled(1);
      expect(await figuresOf(app)).toEqual([0, 0, 1]);
    },
  },
];
