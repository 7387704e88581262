import { startExpress } from "../http/express-server.ts";
import { startFastify } from "../http/fastify-server.ts";
import type { Framework, Stack } from "../http/stacks.ts";
import { readServer, type ServerReading } from "./server-reading.ts";

export interface HttpServerStart {
  readonly framework: Framework;
  readonly stack: Stack;
}

const starters = { express: startExpress, fastify: startFastify };

/** A server that says what it took, and that it recorded as many requests as it answered. */
export async function httpServerTask({ framework, stack }: HttpServerStart) {
  const server = await starters[framework](stack);
  return (answered: number): Promise<ServerReading> => readServer(server, answered);
}
