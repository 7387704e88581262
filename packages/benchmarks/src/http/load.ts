import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { quantile } from "../measure/statistics.ts";

export interface Load {
  readonly port: number;
  readonly requests: number;
  readonly connections: number;
}

/** How a server bore a load. */
export interface Borne {
  readonly requestsPerSecond: number;
  readonly p99Millis: number;
}

/** Asks for `GET /items/:id` over connections that are kept alive, on each of them as soon as the last answer is there. */
export async function putLoad({ port, requests, connections }: Load): Promise<Borne> {
  const clients = await connectAll(port, connections);
  const millis: number[] = [];
  const startedAt = performance.now();
  await ask(clients, requests, (took) => millis.push(took));
  const seconds = (performance.now() - startedAt) / 1000;
  for (const client of clients) client.close();
  return { requestsPerSecond: requests / seconds, p99Millis: quantile(millis, 0.99) };
}

/**
 * Puts bursts on servers over connections that stay open. From the first burst on this process never sleeps: a server's write to a client that
 * sleeps wakes it, which takes as long as a request's metrics, and more or less often.
 */
export function burstLoad(): (load: Load) => Promise<void> {
  const open = new Map<number, readonly Client[]>();
  let spinning = false;
  const spin = () => setImmediate(spin);
  return async ({ port, requests, connections }) => {
    const clients = open.get(port) ?? (await connectAll(port, connections));
    open.set(port, clients);
    if (!spinning) spin();
    spinning = true;
    await ask(clients, requests);
  };
}

async function ask(clients: readonly Client[], requests: number, answered = (_millis: number) => {}): Promise<void> {
  let asked = 0;
  const askOn = async (client: Client) => {
    while (asked < requests) {
      asked += 1;
      const startedAt = performance.now();
      await client.get(`/items/${asked % 1000}`);
      answered(performance.now() - startedAt);
    }
  };
  await Promise.all(clients.map(askOn));
}

function connectAll(port: number, connections: number): Promise<Client[]> {
  return Promise.all(Array.from({ length: connections }, () => connectTo(port)));
}

interface Client {
  /** @throws for another answer than 200 */
  get(path: string): Promise<void>;
  close(): void;
}

async function connectTo(port: number): Promise<Client> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  const answers = answersOf(socket);
  return {
    get(path) {
      const answered = answers.next();
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nuser-agent: aiwatch-benchmarks\r\naccept: */*\r\nconnection: keep-alive\r\n\r\n`,
      );
      return answered;
    },
    close: () => socket.destroy(),
  };
}

/** Cheaper than Node's own client, which would take more of the machine than the server that is measured. */
function answersOf(socket: Socket): { next(): Promise<void> } {
  let received = "";
  let broken: Error | undefined;
  let answered = () => {};
  let failed = (_error: Error) => {};
  const breakOff = (error: Error) => {
    broken = error;
    failed(error);
  };
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    received += text;
    const length = answerLength(received);
    if (length === undefined || received.length < length) return;
    if (received.startsWith("HTTP/1.1 200 ")) answered();
    else failed(new Error(`the server answered ${received.slice(0, received.indexOf("\r"))}`));
    received = received.slice(length);
  });
  socket.on("error", breakOff);
  socket.on("end", () => breakOff(new Error("the server closed the connection")));
  const next = () =>
    new Promise<void>((resolve, reject) => {
      answered = resolve;
      failed = reject;
      if (broken !== undefined) reject(broken);
    });
  return { next };
}

/** Head and body together, once the head is there. */
export function answerLength(received: string): number | undefined {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const contentLength = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, headEnd))?.[1];
  if (contentLength === undefined) throw new Error("the answer has no content-length");
  return headEnd + 4 + Number(contentLength);
}
