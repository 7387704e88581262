/**
 * Run as a process of its own with `--expose-gc`: floods a server's route with requests whose answers nobody reads, and writes as JSON what the
 * process holds then more than before, how the flood's answers began, and how a scrape of somebody who reads is answered meanwhile.
 * Arguments: how the requests come, how many, the path, and how long a label of the 10,000 series is.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { aiwatchNode } from "@aiwatch/core/node";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { Counter } from "prom-client";

type Way = "pipelined" | "connections" | "streams";

const [way = "pipelined", count = "2000", path = "/metrics", labelLength = "1"] = process.argv.slice(2);
const { aiwatch, registry } = createTestAiwatch();
const many = new Counter({ name: "app_many_total", help: "many", labelNames: ["n"], registers: [registry] });
for (let n = 0; n < 10_000; n += 1) many.inc({ n: String(n).padStart(Number(labelLength)) });

const statuses: Record<number, number> = {};
let arrived = 0;
let writtenBytes = 0;
const listener = aiwatchNode((_req, res) => void res.end("app"), aiwatch, { routes: { models: true } });
const observed = (req: IncomingMessage, res: ServerResponse) => {
  arrived += 1;
  const { end } = res;
  res.end = function (this: ServerResponse, ...args: never[]) {
    statuses[res.statusCode] = (statuses[res.statusCode] ?? 0) + 1;
    return Reflect.apply(end, this, args);
  } as typeof end;
  return listener(req, res);
};

const floods: Readonly<Record<Way, (port: number, count: number) => void>> = {
  pipelined: (port, requests) => ask(port, requests),
  connections(port, requests) {
    for (let n = 0; n < requests; n += 1) ask(port, 1);
  },
  streams(port, requests) {
    const session = connectHttp2(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 1 } });
    session.on("error", () => {});
    for (let n = 0; n < requests; n += 1)
      session
        .request({ ":path": path })
        .pause()
        .on("error", () => {});
  },
};

function ask(port: number, requests: number): void {
  const socket = connect(port, "127.0.0.1").pause();
  socket.on("error", () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(requests));
}

/** No request comes and no byte goes any longer. */
async function still(): Promise<void> {
  for (let rounds = 0, last = ""; rounds < 10; rounds += 1) {
    await sleep(50);
    const now = `${arrived} ${writtenBytes} ${JSON.stringify(statuses)}`;
    if (now !== last) rounds = 0;
    last = now;
  }
}

function held(): number {
  for (let n = 0; n < 3; n += 1) (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const isHttp2 = way === "streams";
const server: Server = isHttp2 ? createHttp2Server(observed as never) : createServer(observed);
server.on("connection", (socket: Socket) => {
  const { write } = socket;
  socket.write = function (this: Socket, ...args: never[]) {
    writtenBytes += 1;
    return Reflect.apply(write, this, args);
  } as typeof write;
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

async function scrape(): Promise<readonly [status: number, bytes: number]> {
  if (isHttp2) {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const stream = session.request({ ":path": "/metrics" });
    const answered = once(stream, "response");
    let bytes = 0;
    for await (const piece of stream) bytes += piece.length;
    session.close();
    return [(await answered)[0][":status"], bytes];
  }
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return [response.status, (await response.arrayBuffer()).byteLength];
}

await scrape();
await scrape();
const before = held();
for (const status of Object.keys(statuses)) delete statuses[Number(status)];
floods[way as Way](port, Number(count));
await still();
const grownBytes = held() - before;
const ofFlood = { ...statuses };
const good: (readonly [number, number])[] = [];
while (good.length < 5 && good.at(-1)?.[0] !== 200) {
  if (good.length > 0) await sleep(500);
  good.push(await scrape());
}
process.stdout.write(JSON.stringify({ arrived, grownBytes, ofFlood, good }));
process.exit(0);
