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
  const clients = await Promise.all(Array.from({ length: connections }, () => connectTo(port)));
  const millis: number[] = [];
  let asked = 0;
  const askOn = async (client: Client) => {
    while (asked < requests) {
      asked += 1;
      const startedAt = performance.now();
      await client.get(`/items/${asked % 1000}`);
      millis.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(clients.map(askOn));
  const seconds = (performance.now() - startedAt) / 1000;
  for (const client of clients) client.close();
  return { requestsPerSecond: requests / seconds, p99Millis: quantile(millis, 0.99) };
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
  let answered = () => {};
  let failed = (_error: Error) => {};
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    received += text;
    const length = answerLength(received);
    if (length === undefined || received.length < length) return;
    if (received.startsWith("HTTP/1.1 200 ")) answered();
    else failed(new Error(`the server answered ${received.slice(0, received.indexOf("\r"))}`));
    received = received.slice(length);
  });
  socket.on("error", (error) => failed(error));
  socket.on("end", () => failed(new Error("the server closed the connection")));
  const next = () =>
    new Promise<void>((resolve, reject) => {
      answered = resolve;
      failed = reject;
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
