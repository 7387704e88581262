import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { captured } from "./captured.ts";

/** A request as the server got it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server that answers by a script. */
export interface ModelServer {
  /** Its origin. */
  readonly url: string;
  readonly received: readonly Received[];
  /** Resolves when the next request is there. */
  nextRequest(): Promise<void>;
  close(): Promise<void>;
}

/** Writes one answer. */
export type Script = (response: ServerResponse, request: IncomingMessage, received: Received) => unknown;

export async function modelServer(script: Script): Promise<ModelServer> {
  const received: Received[] = [];
  const arrivals = new EventEmitter();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const got = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() };
    received.push(got);
    arrivals.emit("request");
    await script(response, request, got);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    nextRequest: async () => void (await once(arrivals, "request")),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Plays a captured answer. */
export function plays(name: string): Script {
  const { status, headers, body } = captured(name);
  return (response) => response.writeHead(status, headers).end(body);
}
