import { fileURLToPath } from "node:url";
import { type RunningProcess, runNode } from "@aiwatch/testkit";
import type { Held } from "./held-now.ts";
import { type Sent, sendLoad } from "./send-load.ts";

export interface Look extends Held {
  readonly faults: readonly string[];
  readonly ended: { readonly completed: number; readonly failed: number; readonly aborted: number };
}

/** The sum of the samples of a metric, or of those whose labels hold `part`. */
export type Samples = (name: string, part?: string) => number;

/** An app in a process of its own: its heap and its counters are nobody else's. */
export class AppUnderLoad {
  readonly process: RunningProcess;
  readonly #port: number;

  private constructor(process: RunningProcess, port: number) {
    this.process = process;
    this.#port = port;
  }

  /** @param flags more of Node's */
  static async start(
    entry: URL,
    env: Readonly<Record<string, string>> = {},
    flags: readonly string[] = [],
  ): Promise<AppUnderLoad> {
    const args = ["--conditions=@aiwatch/source", "--expose-gc", ...flags, fileURLToPath(entry)];
    const process = await runNode(args, { env });
    const [, port] = await process.waitForLine(/^listening (\d+)/, 30_000);
    return new AppUnderLoad(process, Number(port));
  }

  send(requests: number, sound = false): Promise<Sent> {
    return sendLoad({ port: this.#port, requests, sound });
  }

  /** Asks the app past its door. */
  async ask(path: string): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}/look/${path}`);
    if (!answer.ok) throw new Error(`/look/${path} was answered with ${answer.status}`);
    return answer.text();
  }

  /** What it holds after the garbage was collected, and what it saw. */
  async look(): Promise<Look> {
    return JSON.parse(await this.ask("app")) as Look;
  }

  async samples(): Promise<Samples> {
    const lines = (await this.ask("metrics")).split("\n").filter((line) => !line.startsWith("#"));
    return (name, part = "") =>
      lines
        .filter((line) => line.replace(/[ {].*/, "") === name && line.includes(part))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  }

  /** The close of the last connections is heard of a little later. */
  async untilQuiet(): Promise<Samples> {
    for (;;) {
      const sum = await this.samples();
      if (sum("genai_app_active_requests") === 0) return sum;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
