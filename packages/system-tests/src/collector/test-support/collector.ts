import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type RunningProcess, runNode } from "@aiwatch/testkit";
import type { Batch, Manner } from "./batch.ts";

const entry = fileURLToPath(new URL("collector-process.ts", import.meta.url));

interface Life {
  readonly process: RunningProcess;
  readonly control: string;
  readonly ledger: string;
}

/** A collector on one port that can die and come back. What it took in all its lives is in its ledgers. */
export class Collector {
  readonly #protocol: "http" | "grpc";
  readonly #folder: string;
  readonly #lives: Life[] = [];
  #port = 0;

  private constructor(protocol: "http" | "grpc", folder: string) {
    this.#protocol = protocol;
    this.#folder = folder;
  }

  static async start(protocol: "http" | "grpc" = "http"): Promise<Collector> {
    const collector = new Collector(protocol, await mkdtemp(join(tmpdir(), "aiwatch-collector-")));
    await collector.comeBack();
    return collector;
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get #life(): Life {
    const life = this.#lives.at(-1);
    if (life === undefined) throw new Error("the collector was never alive");
    return life;
  }

  async be(manner: Manner): Promise<void> {
    await fetch(`${this.#life.control}/manner/${manner}`, { method: "POST" });
  }

  /** SIGKILL, between two answers: what it took it has answered, and what it has answered it took. */
  async die(): Promise<void> {
    await this.#fallSilent();
    await this.#life.process.stop("SIGKILL");
  }

  /** SIGSTOP: connections are still accepted, by the kernel, and nothing is ever answered. */
  async hang(): Promise<void> {
    await this.#fallSilent();
    process.kill(this.#life.process.pid, "SIGSTOP");
  }

  /** Dead or hanging before, it is another process now, on the same port. */
  async comeBack(): Promise<void> {
    await this.#lives.at(-1)?.process.stop("SIGKILL");
    const ledger = join(this.#folder, String(this.#lives.length));
    await writeFile(ledger, "");
    const args = ["--conditions=@aiwatch/source", entry, this.#protocol, String(this.#port), ledger];
    const process = await runNode(args);
    const [, port, control] = await process.waitForLine(/^listening (\d+) (\d+)/, 30_000);
    this.#port = Number(port);
    this.#lives.push({ process, ledger, control: `http://127.0.0.1:${control}` });
  }

  /** What it took so far, in this life or in all. */
  async batches(lives: "this life" | "all lives" = "all lives"): Promise<Batch[]> {
    const chosen = lives === "all lives" ? this.#lives : [this.#life];
    const ledgers = await Promise.all(chosen.map(({ ledger }) => readFile(ledger, "utf8")));
    return ledgers.flatMap((lines) =>
      lines
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Batch),
    );
  }

  /** Resolves when spans arrive in this life that began at `sinceMs` or later. */
  async untilItTakes(sinceMs: number, withinMs: number): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!(await this.batches("this life")).some(({ newestMs }) => newestMs >= sinceMs)) {
      if (Date.now() > deadline) throw new Error(`no such spans arrived within ${withinMs} ms`);
      await pause(50);
    }
  }

  async close(): Promise<void> {
    await this.#lives.at(-1)?.process.stop("SIGKILL");
    await rm(this.#folder, { recursive: true });
  }

  /** No answer is on its way any more, so that what was answered is known. */
  async #fallSilent(): Promise<void> {
    await this.be("silent");
    await pause(100);
  }
}
