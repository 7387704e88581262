import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { Manner } from "./batch.ts";
import type { Taking } from "./taking.ts";

/** OTLP over HTTP. @returns the port */
export async function serveHttp(port: number, { manner, take }: Taking): Promise<number> {
  let requests = 0;
  const server = createServer(async (request, response) => {
    // its sender can die or lose patience
    const body = await buffer(request).catch(() => undefined);
    if (body === undefined) return;
    requests += 1;
    const record = (answered: boolean) => take(request.headers["content-type"] ?? "", body, answered);
    await answers[manner()](record, response, requests % 2 === 0);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

type Answer = (
  record: (answered: boolean) => string,
  response: ServerResponse<IncomingMessage>,
  even: boolean,
) => void | Promise<void>;

const answers: Readonly<Record<Manner, Answer>> = {
  healthy: (record, response) => void response.end(record(true)),
  slow: async (record, response) => {
    await pause(500);
    // nobody would hear it
    if (!response.destroyed) response.end(record(true));
  },
  refusing: (_record, response, even) => void response.writeHead(even ? 503 : 429, { "retry-after": "1" }).end(),
  cutting: (record, response, even) => {
    const { socket } = response;
    record(even);
    // the status is the answer: the exporter takes what it was told, though the rest never comes
    if (even) response.writeHead(200, { "content-length": 10 }).write("half", () => socket?.end());
    else socket?.destroy();
  },
  silent: () => undefined,
};
