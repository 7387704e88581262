import cluster from "node:cluster";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import type { Aiwatch } from "@aiwatch/core";
import { aiwatchExpress } from "@aiwatch/core/express";
import { liveStream } from "@aiwatch/core/live";
import { handleSignals } from "@aiwatch/core/shutdown";
import express from "express";
import { type Asked, type Counts, isTold, type ListedWorker, type Told, type WorkerKind } from "./messages.ts";

const nothing: Counts = { begun: 0, answered: 0, aborted: 0, sampled: 0, prompted: 0 };

/** A worker with a model, as the app has it. */
class ModelWorker {
  readonly kind: WorkerKind;
  readonly pid: number;
  readonly thread: number;
  readonly isReady: Promise<void>;
  readonly post: (asked: Asked) => void;
  readonly terminate: () => Promise<unknown>;
  readonly #readers = new Map<number, ServerResponse>();
  readonly #held = new Set<number>();
  #ready: () => void = () => {};
  #port = 0;
  #counts = nothing;
  #isGone = false;

  constructor(kind: WorkerKind) {
    this.kind = kind;
    this.isReady = new Promise((ready) => {
      this.#ready = ready;
    });
    const hear = (message: unknown) => {
      if (isTold(message)) this.#hear(message);
    };
    const gone = () => this.#gone();
    if (kind === "thread") {
      const worker = new Worker(new URL("app.ts", import.meta.url));
      worker.on("message", hear).on("exit", gone);
      [this.pid, this.thread] = [process.pid, worker.threadId];
      this.post = (asked) => worker.postMessage(asked);
      this.terminate = () => worker.terminate();
    } else {
      const worker = cluster.fork();
      worker.on("message", hear).on("disconnect", gone);
      [this.pid, this.thread] = [worker.process.pid ?? 0, 0];
      this.post = (asked) => void worker.send(asked);
      this.terminate = async () => worker.process.kill("SIGKILL");
    }
  }

  get listed(): ListedWorker {
    const { kind, pid, thread } = this;
    return { kind, pid, thread, port: this.#port, counts: this.#counts, held: [...this.#held], isGone: this.#isGone };
  }

  /** A reader that leaves has its chat aborted. */
  begin(chat: Extract<Asked, { kind: "chat" }>, reader: ServerResponse): void {
    this.#readers.set(chat.chat, reader);
    reader.on("close", () => {
      if (!reader.writableFinished && !this.#isGone) this.post({ kind: "abort", chat: chat.chat });
    });
    this.post(chat);
  }

  #hear(told: Told): void {
    this.#counts = told.counts;
    if (told.kind === "ready") {
      this.#port = told.port;
      this.#ready();
      return;
    }
    if (told.kind === "held") this.#held.add(told.chat);
    else this.#held.delete(told.chat);
    if (told.kind === "text") this.#readers.get(told.chat)?.write(told.text);
    if (told.kind !== "ended") return;
    this.#readers.get(told.chat)?.end();
    this.#readers.delete(told.chat);
  }

  #gone(): void {
    this.#isGone = true;
    this.#held.clear();
    for (const reader of this.#readers.values()) reader.destroy();
  }
}

/** The app's routes: `/start?kind=`, `/chat?to=&tokens=&hold=`, `/ask?to=` with what is asked of a worker, `/terminate?id=` and `/workers`. */
export function serveApp(aiwatch: Aiwatch): void {
  cluster.setupPrimary({ exec: new URL("app.ts", import.meta.url).pathname });
  const workers: ModelWorker[] = [];
  const app = express();
  app.use(aiwatchExpress(aiwatch, { routes: { chats: true }, live: liveStream(), authorize: () => true }));
  app.post("/start", async (req, res) => {
    const worker = new ModelWorker(req.query["kind"] as WorkerKind);
    const id = workers.push(worker) - 1;
    await worker.isReady;
    res.json({ id });
  });
  let chats = 0;
  app.post("/chat", (req, res) => {
    const { to, tokens, hold } = req.query;
    chats += 1;
    const holdAfter = hold === undefined ? undefined : Number(hold);
    workers[Number(to)]?.begin({ kind: "chat", chat: chats, tokens: Number(tokens), holdAfter }, res.type("text"));
  });
  app.post("/ask", express.json(), (req, res) => {
    workers[Number(req.query["to"])]?.post(req.body);
    res.end();
  });
  app.post("/terminate", async (req, res) => {
    await workers[Number(req.query["to"])]?.terminate();
    res.end();
  });
  app.get("/workers", (_req, res) => {
    res.json(workers.map(({ listed }) => listed));
  });
  const server = app.listen(0, "127.0.0.1", () => {
    process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
  });
  handleSignals(aiwatch, { server });
}
