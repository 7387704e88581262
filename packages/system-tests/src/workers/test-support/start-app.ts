import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ChatList, SummaryAnswer } from "@aiwatch/core/summary-schema";
import { type RunningProcess, startProcess } from "@aiwatch/testkit";
import { type OpenStream, openStream } from "../../../../core/src/live/test-support/event-stream.ts";
import type { Asked, ListedWorker, WorkerKind } from "./messages.ts";

/** By name and labels as they are written. */
export type Samples = ReadonlyMap<string, number>;

/** Where the app, or one of its workers, answers for all. */
export interface Door {
  readonly samples: () => Promise<Samples>;
  readonly summary: () => Promise<SummaryAnswer>;
  readonly chats: () => Promise<ChatList>;
  readonly live: () => Promise<OpenStream>;
}

/** A chat that somebody reads. */
export interface ReadChat {
  /** Resolves with whether the answer came whole. */
  readonly over: Promise<boolean>;
  readonly leave: () => void;
}

export class App {
  readonly process: RunningProcess;
  readonly door: Door;
  readonly #url: string;

  constructor(process: RunningProcess, port: number) {
    this.process = process;
    this.#url = `http://127.0.0.1:${port}`;
    this.door = doorAt(port);
  }

  async start(kind: WorkerKind): Promise<AppWorker> {
    const response = await this.post(`/start?kind=${kind}`);
    const { id } = (await response.json()) as { readonly id: number };
    return new AppWorker(this, id);
  }

  async workers(): Promise<ListedWorker[]> {
    return (await get(`${this.#url}/workers`)).json() as Promise<ListedWorker[]>;
  }

  post(path: string, body?: Asked, signal?: AbortSignal): Promise<Response> {
    const headers = { connection: "close", "content-type": "application/json" };
    const options = { method: "POST", headers, ...(signal && { signal }) };
    return fetch(`${this.#url}${path}`, body === undefined ? options : { ...options, body: JSON.stringify(body) });
  }
}

/** A worker with a model. */
export class AppWorker {
  readonly #app: App;
  readonly #id: number;

  constructor(app: App, id: number) {
    this.#app = app;
    this.#id = id;
  }

  async listed(): Promise<ListedWorker> {
    const worker = (await this.#app.workers())[this.#id];
    if (worker === undefined) throw new Error(`there is no worker ${this.#id}`);
    return worker;
  }

  async door(): Promise<Door> {
    return doorAt((await this.listed()).port);
  }

  /** @param hold after how many tokens it waits to go on */
  chat(tokens: number, hold?: number): ReadChat {
    const controller = new AbortController();
    const path = `/chat?to=${this.#id}&tokens=${tokens}${hold === undefined ? "" : `&hold=${hold}`}`;
    const over = this.#app
      .post(path, undefined, controller.signal)
      .then((response) => response.text())
      .then(
        () => true,
        () => false,
      );
    return { over, leave: () => controller.abort() };
  }

  /** A chat that is held after so many tokens. */
  async held(tokens: number, hold: number): Promise<ReadChat> {
    const chat = this.chat(tokens, hold);
    while ((await this.listed()).held.length === 0) await sleep(20);
    return chat;
  }

  async ask(asked: Asked): Promise<void> {
    await this.#app.post(`/ask?to=${this.#id}`, asked);
  }

  async terminate(): Promise<void> {
    await this.#app.post(`/terminate?to=${this.#id}`);
  }

  async signal(name: NodeJS.Signals): Promise<void> {
    process.kill((await this.listed()).pid, name);
  }

  /** Resolves when the app knows that it is gone. */
  async gone(): Promise<void> {
    while (!(await this.listed()).isGone) await sleep(20);
  }

  /** With what the keys of its chats begin. */
  async prefix(): Promise<string> {
    const { pid, thread } = await this.listed();
    return `${pid}.${thread}.`;
  }
}

/** @param timeoutMs how long the members of its cluster wait for each other */
export async function startApp(timeoutMs: number): Promise<App> {
  const file = fileURLToPath(new URL("app.ts", import.meta.url));
  const args = ["--conditions=@aiwatch/source", "--no-warnings", file];
  const running = await startProcess(process.execPath, args, { env: { TIMEOUT_MS: String(timeoutMs) } });
  const [, port] = await running.waitForLine(/^listening (\d+)$/, 120_000);
  return new App(running, Number(port));
}

const get = (url: string) => fetch(url, { headers: { accept: "text/plain", connection: "close" } });

export function doorAt(port: number): Door {
  const url = `http://127.0.0.1:${port}/metrics`;
  const json = async (path: string) => (await get(`${url}${path}`)).json();
  return {
    samples: async () => samplesOf(await (await get(url)).text()),
    summary: () => json("/summary") as Promise<SummaryAnswer>,
    chats: () => json("/chats") as Promise<ChatList>,
    live: () => openStream(`${url}/live`),
  };
}

function samplesOf(text: string): Samples {
  const lines = text.split("\n").filter((line) => line.startsWith("genai_app_"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}
