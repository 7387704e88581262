import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import { collectDefaultMetrics, Registry } from "prom-client";
import { hostOf } from "../../aiwatch/aiwatch.ts";
import { createAiwatch, metricsHandler } from "../../index.ts";

/**
 * How long a scrape holds up the event loop, seen by a timer of 1 ms: `SETS` label sets of each of our metrics of requests (1,000 unless
 * given), all with exemplars, in both formats. `worked` is the processor time of the longest turn, `stalled` its length on the clock, which on
 * a busy machine is longer by what others worked. Run it with `node --conditions=@aiwatch/source`; it is no test, since time is not to be
 * relied on.
 */
const registry = new Registry();
collectDefaultMetrics({ register: registry });
const aiwatch = createAiwatch({ registry });
const { httpRequestDuration, httpRequests } = hostOf(aiwatch).instruments;
const exemplar = { trace_id: "0af7651916cd43dd8448eb211c80319c", span_id: "b7ad6b7169203331" };

const sets = Number(process.env["SETS"] ?? 1000);
for (let set = 0; set < sets; set += 1) {
  const labels = { method: `METHOD-${set % 10}`, endpoint: `/api/resource-${Math.floor(set / 10)}/:id` };
  for (const seconds of [0.001, 0.2, 3]) httpRequestDuration.observe(labels, seconds, exemplar);
  httpRequests.add({ ...labels, status: "200" });
}

const server = createServer(metricsHandler(aiwatch)).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

/** The scraper is a thread of its own: what its reading costs is none of ours. */
const scraper = `
  const { get } = require("node:http");
  const { parentPort, workerData } = require("node:worker_threads");
  get(workerData, (res) => {
    let bytes = 0;
    res.on("data", (data) => { bytes += data.length; });
    res.on("end", () => parentPort.postMessage(bytes));
  });`;

const worked = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
const longest = { worked: 0, stalled: 0 };
let last = { worked: worked(), at: performance.now() };
setInterval(() => {
  const now = { worked: worked(), at: performance.now() };
  longest.worked = Math.max(longest.worked, now.worked - last.worked);
  longest.stalled = Math.max(longest.stalled, now.at - last.at - 1);
  last = now;
}, 1);

for (const accept of ["text/plain", "application/openmetrics-text"]) {
  for (let scrape = 1; scrape <= 5; scrape += 1) {
    const worker = new Worker(scraper, { eval: true, workerData: { port, headers: { accept } } });
    await once(worker, "online");
    Object.assign(longest, { worked: 0, stalled: 0 });
    const began = performance.now();
    const [bytes] = (await once(worker, "message")) as [number];
    const took = Math.round(performance.now() - began);
    const stall = `worked ${longest.worked.toFixed(1)} ms, stalled ${longest.stalled.toFixed(1)} ms`;
    process.stdout.write(`${accept}: ${bytes} bytes in ${took} ms; longest turn: ${stall}\n`);
  }
}
process.exit();
