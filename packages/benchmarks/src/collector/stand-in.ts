import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { State } from "./states.ts";

/** Milliseconds: longer than the queue takes to fill. */
const slowness = 2_000;

/** A collector that reads what it is sent and does nothing with it. @returns its port */
export async function standIn(state: State): Promise<number> {
  const server = createServer((request, response) => {
    request.resume().once("end", () => answers[state](response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const answers: Readonly<Record<State, (response: ServerResponse) => void>> = {
  healthy: (response) => response.end(),
  // it dies before it is asked
  killed: () => undefined,
  hanging: () => undefined,
  slow: (response) => setTimeout(() => response.end(), slowness),
  refusing: (response) => response.writeHead(503).end(),
};
