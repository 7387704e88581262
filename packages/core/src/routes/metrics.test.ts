import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { Counter, Gauge } from "prom-client";
import { afterEach, expect, it } from "vitest";
import { createTestAiwatch, type TestAiwatch } from "../testing/index.ts";
import { metricsHandler } from "./handlers.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

interface Served {
  readonly port: number;
  readonly answers: readonly ServerResponse[];
  /** How each answer's handling ended. */
  readonly handled: readonly Promise<void>[];
}

/** @param highWaterMark with 1, each piece has to be waited for */
async function serve({ aiwatch }: TestAiwatch, highWaterMark?: number): Promise<Served> {
  const handle = metricsHandler(aiwatch);
  const answers: ServerResponse[] = [];
  const handled: Promise<void>[] = [];
  const server = createServer(highWaterMark === undefined ? {} : { highWaterMark }, (req, res) => {
    answers.push(res);
    handled.push(handle(req, res));
  }).listen(0, "127.0.0.1");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, answers, handled };
}

function addMany({ registry }: TestAiwatch, prefix = ""): void {
  const many = new Counter({ name: "app_many_total", help: "many", labelNames: ["n"], registers: [registry] });
  for (let n = 0; n < 20_000; n += 1) many.inc({ n: `${prefix}${n}` });
}

it("leaves no listener behind, however often a slow reader is waited for", async () => {
  const test = createTestAiwatch();
  addMany(test);
  const { port, answers } = await serve(test, 1);
  const response = await fetch(`http://127.0.0.1:${port}`);
  let most = 0;
  for await (const _piece of response.body!) {
    most = Math.max(most, ...answers.map((res) => res.listenerCount("close") + res.listenerCount("error")));
  }
  expect(most).toBeLessThan(6);
});

it("waits for a reader that does not read, holds no more than a few pieces for it, and ends when it leaves", async () => {
  const test = createTestAiwatch();
  // 20 MB: more than the sockets between the two hold
  addMany(test, "x".repeat(1000));
  const { port, answers, handled } = await serve(test);
  const socket = connect(port, "127.0.0.1").pause();
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  await until(() => answers[0]?.writableNeedDrain === true);
  // it goes on for as long as the socket takes something
  let held = -1;
  while (held !== (answers[0]?.socket?.bytesWritten ?? 0)) {
    held = answers[0]?.socket?.bytesWritten ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(answers[0]?.writableLength).toBeLessThan(200_000);
  socket.destroy();
  await handled[0];
  expect(answers[0]?.destroyed).toBe(true);
  expect(held).toBeLessThan(15_000_000);
  expect(test.diagnostics).toEqual([]);
});

it("gives the event loop a turn between two pieces", async () => {
  const test = createTestAiwatch();
  addMany(test);
  const { aiwatch } = test;
  const writes: number[] = [];
  let turns = 0;
  const server = createServer((req, res) => {
    const count = () => {
      turns += 1;
      if (!res.writableEnded) setImmediate(count);
    };
    setImmediate(count);
    const write = res.write.bind(res) as (piece: string) => boolean;
    Object.assign(res, {
      write: (piece: string) => {
        writes.push(turns);
        return write(piece);
      },
    });
    void metricsHandler(aiwatch)(req, res);
  }).listen(0, "127.0.0.1");
  closers.push(() => server.close());
  await once(server, "listening");
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
  expect(writes.length).toBeGreaterThan(10);
  expect(new Set(writes).size).toBe(writes.length);
});

it("a metric of the app's that throws costs only itself", async () => {
  const test = createTestAiwatch();
  new Gauge({
    name: "app_broken",
    help: "broken",
    registers: [test.registry],
    collect() {
      throw new Error("the database is gone");
    },
  });
  const { port } = await serve(test);
  for (let scrape = 1; scrape <= 2; scrape += 1) {
    const response = await fetch(`http://127.0.0.1:${port}`);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).not.toContain("app_broken");
    expect(text).toContain("genai_app_active_requests 0\n");
  }
  expect(test.diagnostics.map(({ what }) => what)).toEqual(Array(2).fill("collecting the metric app_broken"));
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toContain('errors_total{source="registry"} 2\n');
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}
