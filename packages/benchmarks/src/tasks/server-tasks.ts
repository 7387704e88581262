import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import type { State } from "../collector/collector.ts";
import { standIn, startTracedServer } from "../collector/collector.ts";
import { expressApp } from "../http/express-app.ts";
import { fastifyApp } from "../http/fastify-app.ts";
import { inProcess } from "../http/in-process.ts";
import { burstLoad, putLoad } from "../http/load.ts";
import type { App, Check, Framework, Kind } from "../http/stacks.ts";

export interface AppStart {
  readonly framework: Framework;
  readonly kind: Kind;
}

const apps: Readonly<Record<Framework, (kind: Kind) => App | Promise<App>>> = {
  express: expressApp,
  fastify: fastifyApp,
};

/** A block of requests to measure, or the question whether all of them were recorded. */
export type Block = { readonly measure: "micros" | "bytes"; readonly requests: number } | { readonly measure: "check" };

/** An app that is asked in its own process, and how many microseconds, or how many bytes of the heap, a request of a block takes. */
export async function inProcessAppTask({ framework, kind }: AppStart) {
  const { server, check } = await apps[framework](kind);
  const ask = inProcess(server);
  let answered = 0;
  return async (block: Block): Promise<number> => {
    if (block.measure === "check") return check(answered).then(() => answered);
    const { measure, requests } = block;
    const before = measures[measure]();
    await ask(requests);
    answered += requests;
    return (measures[measure]() - before) / requests;
  };
}

const measures = {
  micros: () => performance.now() * 1000,
  bytes: () => getHeapStatistics().used_heap_size,
} as const;

/** An app on a port. Ask it with how many requests it answered, or with null for no check. */
export async function listeningAppTask({ framework, kind }: AppStart) {
  const { server, check } = await apps[framework](kind);
  // the connections wait while other servers have their turn
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return (answered: number | null): Promise<ServerReading> =>
    readServer({ port, check: answered === null ? async () => {} : check }, answered ?? 0);
}

/** CPU time of all threads of the process, microseconds since its start: asking has a price, too, which lies between the two. */
export interface ServerReading {
  readonly port: number;
  readonly whenAsked: number;
  readonly whenAnswered: number;
}

/** @throws where the server recorded another number of requests than it answered */
async function readServer({ port, check }: { readonly port: number; readonly check: Check }, answered: number) {
  // the last answers may be with the client before they are closed here
  await nextTurn();
  await nextTurn();
  const whenAsked = cpuMicros();
  await check(answered);
  return { port, whenAsked, whenAnswered: cpuMicros() };
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Where the load comes from: a process of its own, so that what it takes is not counted as the server's. */
export async function httpLoadTask(_start: null) {
  return putLoad;
}

/** The same, in bursts, by a client that never sleeps. */
export async function burstLoadTask(_start: null) {
  return burstLoad();
}

/** A collector in a process of its own, which says where it listens. */
export async function collectorTask(state: State) {
  const port = await standIn(state);
  return async (_request: null): Promise<number> => port;
}

export interface TracedServerReading extends ServerReading {
  readonly dropped: number;
}

/** A server that sends its spans to a collector on that port. */
export async function tracedServerTask(collectorPort: number) {
  const server = await startTracedServer(collectorPort);
  return async (answered: number): Promise<TracedServerReading> => {
    const reading = await readServer(server, answered);
    return { ...reading, dropped: server.dropped() };
  };
}
