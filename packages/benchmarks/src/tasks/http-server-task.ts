import { setImmediate as nextTurn } from "node:timers/promises";
import { startExpress } from "../http/express-server.ts";
import { startFastify } from "../http/fastify-server.ts";
import type { Framework, Stack } from "../http/stacks.ts";

export interface HttpServerStart {
  readonly framework: Framework;
  readonly stack: Stack;
}

/** CPU time of all threads of the process, microseconds since its start: asking has a price, too, which lies between the two. */
export interface ServerReading {
  readonly port: number;
  readonly whenAsked: number;
  readonly whenAnswered: number;
}

const starters = { express: startExpress, fastify: startFastify };

/** A server that says what it took, and that it recorded as many requests as it answered. */
export async function httpServerTask({ framework, stack }: HttpServerStart) {
  const { port, check } = await starters[framework](stack);
  return async (answered: number): Promise<ServerReading> => {
    // the last answers may be with the client before they are closed here
    await nextTurn();
    await nextTurn();
    const whenAsked = cpuMicros();
    await check(answered);
    return { port, whenAsked, whenAnswered: cpuMicros() };
  };
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
