import { once } from "node:events";
import { Agent, createServer, get, type ServerOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { Counter, Gauge } from "prom-client";
import { expect, it, onTestFinished } from "vitest";
import { aiwatchNode } from "../doors/node.ts";
import { createTestAiwatch, type TestAiwatch } from "../testing/index.ts";

async function serve({ aiwatch }: TestAiwatch, options: ServerOptions = {}, came = () => {}): Promise<number> {
  const listener = aiwatchNode((_req, res) => void res.end("app"), aiwatch);
  const server = createServer(options, (req, res) => {
    came();
    return listener(req, res);
  });
  server.listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function scrape(port: number, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = get({ port, host: "127.0.0.1", path: "/metrics", agent }, (res) => {
      res.resume().on("end", () => resolve(res.statusCode ?? 0));
    });
    asked.on("error", reject);
  });
}

/** @param slow its metrics take a moment, so that many wait for them at once */
async function flooded(slow: boolean): Promise<readonly number[]> {
  const test = createTestAiwatch();
  const many = new Counter({ name: "app_many_total", help: "many", labelNames: ["n"], registers: [test.registry] });
  for (let n = 0; n < 1000; n += 1) many.inc({ n: String(n) });
  const collect = () => new Promise<void>((resolve) => setTimeout(resolve, 50));
  if (slow) new Gauge({ name: "app_slow", help: "slow", registers: [test.registry], collect });
  const port = await serve(test);
  const agent = new Agent({ keepAlive: true, maxSockets: 100 });
  const own = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
    own.destroy();
  });
  let isOver = false;
  const statuses: number[] = [];
  const flood = Array.from({ length: 100 }, async () => {
    while (!isOver) statuses.push(await scrape(port, agent));
  });
  for (let n = 0; n < 10; n += 1) statuses.push(await scrape(port, own));
  isOver = true;
  await Promise.all(flood);
  return statuses;
}

it.each([
  ["at once", false],
  ["after a moment", true],
])("a hundred connections that read and ask again keep nobody out, where the metrics come %s", async (_what, slow) => {
  const statuses = await flooded(slow);
  expect(statuses.length).toBeGreaterThan(100);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});

it("a scrape counts what was before it, whoever else asks", async () => {
  const test = createTestAiwatch();
  const counter = new Counter({ name: "app_events_total", help: "events", registers: [test.registry] });
  let begun = 0;
  const ends: (() => void)[] = [];
  const collect = () => {
    begun += 1;
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  new Gauge({ name: "app_slow", help: "slow", registers: [test.registry], collect });
  let came = 0;
  const port = await serve(test, {}, () => {
    came += 1;
  });
  const text = async () => await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const first = text();
  await expect.poll(() => begun).toBe(1);
  counter.inc();
  const second = text();
  await expect.poll(() => came).toBe(2);
  await expect
    .poll(() => {
      ends.shift()?.();
      return begun;
    })
    .toBe(2);
  ends.shift()?.();
  await first;
  expect(await second).toContain("app_events_total 1\n");
});

it.each(["/metrics", "/metrics/summary", "/health", "/readiness", "/livez", "/readyz"])(
  "HEAD %s is answered where a server refuses bodies that are not sent",
  async (path) => {
    const port = await serve(createTestAiwatch(), { rejectNonStandardBodyWrites: true });
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  },
);

it("HEAD says how long a JSON answer is", async () => {
  const port = await serve(createTestAiwatch());
  const [head, whole] = [
    await fetch(`http://127.0.0.1:${port}/livez`, { method: "HEAD" }),
    await fetch(`http://127.0.0.1:${port}/livez`),
  ];
  expect(head.headers.get("content-length")).toBe(String((await whole.text()).length));
});
