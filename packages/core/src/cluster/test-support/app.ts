import cluster from "node:cluster";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isMainThread, parentPort, threadId, Worker, workerData } from "node:worker_threads";
import { createAiwatch, metricsHandler, type RouteHandler, routeHandler } from "@aiwatch/core";
import { joinCluster } from "@aiwatch/core/cluster";
import { liveStream } from "@aiwatch/core/live";
import { aiwatchNode } from "@aiwatch/core/node";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { AiwatchHost } from "../../aiwatch/host.ts";

/**
 * A cluster whose members each write their port to their output. `WORKERS` are begun at once: processes, or threads with `THREADS`; the
 * primary's `/fork` begins another. With `THREADS_OF_EACH` each worker process has so many threads itself. Without `PRIMARY_JOINS` the primary is
 * no member; with `ALL_DOORS` the workers have one of each. `TIMEOUT_MS` is how long they wait for each other.
 */
const { WORKERS, THREADS, THREADS_OF_EACH, PRIMARY_JOINS, ALL_DOORS, TIMEOUT_MS } = process.env;
const timeoutMs = Number(TIMEOUT_MS);
const isWorkerProcess = cluster.isWorker && isMainThread;
const isPrimary = !isWorkerProcess && isMainThread;
const registry = new Registry();
const aiwatch = createAiwatch({ registry, onDiagnostic: ({ what }) => say("fault", what) });

function say(...words: unknown[]): void {
  process.stdout.write(`${words.join(" ")}\n`);
}

function listen(name: string, server: Server): void {
  // every worker has a port of its own: a test must know whom it speaks to
  server.listen({ port: 0, host: "127.0.0.1", exclusive: true }, () => {
    say("listening", name, isMainThread ? process.pid : threadId, (server.address() as AddressInfo).port);
  });
}

const shared = { registers: [registry] };
const jobs = new Counter({ name: "app_jobs_total", help: "jobs", ...shared });
const seconds = new Histogram({ name: "app_job_seconds", help: "seconds", buckets: [1], ...shared });
const size = new Gauge({ name: "app_size", help: "added up", ...shared });
const load = new Gauge({ name: "app_load", help: "a mean", aggregator: "average", ...shared });
const largest = new Gauge({ name: "app_largest", help: "the largest", aggregator: "max", ...shared });
const version = new Gauge({ name: "app_version", help: "left out", aggregator: "omit", ...shared });

// and the app's own that we make
const files = aiwatch.metrics.counter({ name: "app_files_total", help: "files", labels: { kind: ["pdf", "image"] } });
const fileSeconds = aiwatch.metrics.histogram({ name: "app_file_seconds", help: "seconds", bounds: [1] });
const gauges = (["sum", "max", "min", "average", "omit"] as const).map((aggregation) =>
  aiwatch.metrics.gauge({ name: `app_files_${aggregation}_now`, help: "files", aggregation }),
);

/** What a request has the worker do: `/set?n=3&trace=…`. */
function work(query: URLSearchParams): void {
  const n = Number(query.get("n") ?? 1);
  jobs.inc(n);
  seconds.observe(n / 10);
  files.add({ kind: "pdf" }, n);
  fileSeconds.observe(n / 10);
  for (const gauge of gauges) gauge.set(n);
  for (const gauge of [size, load, largest, version]) gauge.set(n);
  const inference = aiwatch.startInference({ model: "tiny" });
  for (let token = 0; token < n; token += 1) inference.token();
  inference.end({ unified: "stop" });
  aiwatch.reportModel("tiny", { contextSize: n * 100, kvCacheUsageRatio: n / 10, modelMemoryBytes: n * 1000 });
  const trace = query.get("trace");
  if (trace !== null) {
    // by type alone: what was built is tested, and no source beside it
    (aiwatch as AiwatchHost).instruments.firstTokenLatency.observe({ model: "traced" }, n, {
      trace_id: trace,
      span_id: "b7ad6b7169203331",
    });
  }
}

type Answer = ReturnType<typeof aiwatch.startInference>;
const underWay: Answer[] = [];

/** An answer begins, and has so many tokens: `/begin?n=5`. */
function beginAnswer(query: URLSearchParams): void {
  const begun = aiwatch.startInference({ model: "tiny" });
  begun.token(Number(query.get("n") ?? 1));
  underWay.push(begun);
}

/** The oldest one ends, and its engine says how many there were: `/end?n=3`. */
function endAnswer(query: URLSearchParams): void {
  underWay.shift()?.end({ unified: "stop" }, { outputTokens: Number(query.get("n") ?? 1) });
}

const line = aiwatch.admission({ queue: "line" });

/** A chat of two tokens that comes to an end: `/chat?end=failed`. One that is to be left waits in the line for ever. */
const chat = async (end: string | null, res: ServerResponse): Promise<void> => {
  const full = () => Promise.reject(new Error("full"));
  if (end === "left") await line.wait(() => new Promise(() => {}));
  if (end === "refused") await line.wait(full, { isRefusal: () => true }).catch(() => {});
  else {
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.evaluationBegun();
    inference.token(2);
    if (end === "answered") inference.end({ unified: "stop" });
    if (end === "aborted") inference.abort();
    if (end === "failed") inference.fail(new Error("x"));
  }
  res.statusCode = end === "refused" ? 503 : 200;
  res.end(end);
};

let joined = aiwatch;

/** The worker lives on with another instance, which has an answer of three tokens: `/again?on=other` on a registry of its own. */
async function beginAnew(query: URLSearchParams): Promise<void> {
  const left = joined.close();
  joined = createAiwatch({ registry: query.get("on") === "other" ? new Registry() : registry });
  try {
    joinCluster(joined);
    say("fault", "joined before the other one had left");
  } catch {}
  await left;
  joinCluster(joined, { timeoutMs });
  const inference = joined.startInference({ model: "tiny" });
  inference.token(3);
  inference.end({ unified: "stop" });
}

const answer: RequestListener = (req, res) => {
  const { pathname, searchParams } = new URL(req.url ?? "/", "http://app");
  if (pathname === "/chat") return void chat(searchParams.get("end"), res);
  if (pathname === "/begin") beginAnswer(searchParams);
  if (pathname === "/end") endAnswer(searchParams);
  if (pathname === "/set") work(searchParams);
  if (pathname === "/fork") begin();
  if (pathname === "/terminate")
    return void threadOf(searchParams)
      ?.worker.terminate()
      .then(() => res.end("done"));
  if (pathname === "/hang") threadOf(searchParams)?.worker.postMessage("hang");
  if (pathname === "/resume") threadOf(searchParams)?.resume();
  if (pathname === "/asked") return void res.end(JSON.stringify(asked));
  if (pathname === "/again") return void beginAnew(searchParams).then(() => res.end("done"));
  if (pathname === "/close") return void aiwatch.close().then(() => res.end("closed"));
  res.end("done");
};

async function listenByOtherDoors(): Promise<void> {
  const [{ default: express }, { aiwatchExpress }] = await Promise.all([
    import("express"),
    import("@aiwatch/core/express"),
  ]);
  listen("express", createServer(express().use(aiwatchExpress(aiwatch))));
  const [{ default: fastify }, { aiwatchFastify }] = await Promise.all([
    import("fastify"),
    import("@aiwatch/core/fastify"),
  ]);
  const app = fastify();
  await app.register(aiwatchFastify, { aiwatch });
  await app.ready();
  listen("fastify", app.server);
}

/** How often this worker process was asked for what. */
const asked: Record<string, number> = {};
if (isWorkerProcess)
  process.on("message", ({ kind, subject }: { readonly kind?: string; readonly subject?: string }) => {
    if (kind === "ask" && subject !== undefined) asked[subject] = (asked[subject] ?? 0) + 1;
  });

interface Thread {
  readonly worker: Worker;
  readonly resume: () => void;
}

const threads = new Map<number, Thread>();

function threadOf(query: URLSearchParams): Thread | undefined {
  return threads.get(Number(query.get("id")));
}

function beginThread(): void {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(process.argv[1] ?? "", { workerData: gate });
  // as a pool of threads does: what it does not know there is an error
  worker.on("message", (message) => say("foreign", JSON.stringify(message)));
  threads.set(worker.threadId, { worker, resume: () => open(gate) });
}

function open(gate: Int32Array): void {
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
}

/** One more worker. */
function begin(): void {
  if (THREADS === undefined) cluster.fork();
  else beginThread();
}

function serveWorker(name: string): void {
  joinCluster(aiwatch, { timeoutMs });
  listen(
    name,
    createServer(
      aiwatchNode(answer, aiwatch, {
        routes: { chats: true },
        live: liveStream(),
        public: true,
        authorize: () => true,
      }),
    ),
  );
  if (ALL_DOORS !== undefined) void listenByOtherDoors();
}

if (isPrimary) {
  if (PRIMARY_JOINS !== undefined) joinCluster(aiwatch, { timeoutMs });
  for (let worker = 0; worker < Number(WORKERS); worker += 1) begin();
  const routes: Record<string, RouteHandler> = {
    "/metrics": metricsHandler(aiwatch),
    "/metrics/summary": routeHandler(aiwatch, "summary"),
    "/metrics/chats": routeHandler(aiwatch, "chats", { authorize: () => true }),
    "/metrics/live": routeHandler(aiwatch, "live", { live: liveStream(), authorize: () => true }),
  };
  const serve: RequestListener = (req, res) => void (routes[req.url ?? ""] ?? answer)(req, res);
  listen("primary", createServer(serve));
} else if (isWorkerProcess) {
  serveWorker("worker");
  for (let thread = 0; thread < Number(THREADS_OF_EACH ?? 0); thread += 1) beginThread();
} else {
  serveWorker(THREADS === undefined ? "thread" : "worker");
  parentPort?.on("message", (message) => {
    if (message === "hang") Atomics.wait(workerData, 0, 0);
    else say("foreign", JSON.stringify(message));
  });
}
