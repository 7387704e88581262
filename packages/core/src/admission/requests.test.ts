import type { ServerResponse } from "node:http";
import pLimit from "p-limit";
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
