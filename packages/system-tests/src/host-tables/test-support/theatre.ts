import { type ChildProcess, fork } from "node:child_process";
import { childEnvironment } from "@aiwatch/testkit";
import type { Cues } from "./client/raw-client.ts";
import type { Played, Said, Told } from "./stage/messages.ts";
import { comparable } from "./visit.ts";

export interface TheatreOptions {
  /** A release of Node. */
  readonly program: string;
  /** What it runs. */
  readonly bundle: string;
  readonly format: "cjs" | "esm";
  readonly observed: boolean;
  /** Folders with packages that the workspace does not have. */
  readonly folders?: Readonly<Record<string, string>>;
}

/** A process that serves cases. One that dies or hangs fails the case that it served; the next one has a new process. */
export class Theatre {
  readonly #options: TheatreOptions;
  #house: House | undefined;

  constructor(options: TheatreOptions) {
    this.#options = options;
  }

  /** @param visit is a client's: what it returns is what was on the wire */
  async play(
    host: string,
    name: string,
    visit: (port: number, cues: Cues) => Promise<string>,
  ): Promise<Played & { wire: string }> {
    const house = this.#open();
    try {
      await house.next("ready");
      house.forget();
      house.tell({ kind: "play", host, name });
      const opened = await house.opened();
      const wire = opened.kind === "listening" ? await visit(opened.port, house) : comparable(opened.wire);
      house.tell({ kind: "settle" });
      const { played } = await house.next("settled");
      return { ...played, wire };
    } catch (error) {
      house.kill();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#house?.close();
  }

  #open(): House {
    if (this.#house === undefined || this.#house.isOver) this.#house = new House(this.#options);
    return this.#house;
  }
}

/** How long the process may take to say what it must. */
const patienceMs = 8000;

class House implements Cues {
  readonly #child: ChildProcess;
  readonly #exit: Promise<void>;
  readonly #said: Said[] = [];
  readonly #waiting = new Set<() => void>();
  #output = "";
  isOver = false;

  constructor({ program, bundle, format, observed, folders = {} }: TheatreOptions) {
    const env = {
      TABLE_FORMAT: format,
      TABLE_OBSERVED: observed ? "yes" : "no",
      TABLE_FOLDERS: JSON.stringify(folders),
    };
    this.#child = fork(bundle, {
      execPath: program,
      // what is a warning stands in the log of its case
      execArgv: ["--enable-source-maps", "--no-warnings"],
      env: childEnvironment(env),
      silent: true,
    });
    for (const output of [this.#child.stdout, this.#child.stderr])
      output?.setEncoding("utf8").on("data", (text) => {
        this.#output += text;
      });
    this.#child.on("message", (said: Said) => {
      this.#said.push(said);
      this.#wake();
    });
    this.#exit = new Promise((resolve) => {
      this.#child.once("close", () => {
        this.isOver = true;
        this.#wake();
        resolve();
      });
    });
  }

  tell(told: Told): void {
    if (this.#child.connected) this.#child.send(told);
  }

  /** What was said of the case before is over; that it is ready stays said. */
  forget(): void {
    this.#said.splice(0, this.#said.length, { kind: "ready" });
  }

  async next<Kind extends Said["kind"]>(kind: Kind): Promise<Extract<Said, { kind: Kind }>> {
    return (await this.#wait((said) => said.kind === kind, kind)) as Extract<Said, { kind: Kind }>;
  }

  async opened(): Promise<Extract<Said, { kind: "listening" | "answered" }>> {
    const isOpen = ({ kind }: Said) => kind === "listening" || kind === "answered";
    return (await this.#wait(isOpen, "answer")) as Extract<Said, { kind: "listening" | "answered" }>;
  }

  async mark(name: string): Promise<void> {
    await this.#wait((said) => said.kind === "mark" && said.name === name, `the mark ${name}`);
  }

  cue(name: string): void {
    this.tell({ kind: "cue", name });
  }

  kill(): void {
    this.#child.kill("SIGKILL");
    this.isOver = true;
  }

  async close(): Promise<void> {
    // a channel that the parent closes would leave the child's own end untold
    this.tell({ kind: "exit" });
    await this.#exit;
    if (this.#output !== "") throw new Error(`the process wrote: ${this.#output}`);
  }

  async #wait(isIt: (said: Said) => boolean, what: string): Promise<Said> {
    const late = Date.now() + patienceMs;
    for (;;) {
      const found = this.#said.find(isIt);
      if (found !== undefined) return found;
      const failed = this.#said.find((said) => said.kind === "failed");
      if (failed?.kind === "failed") throw new Error(failed.reason);
      if (this.isOver || Date.now() >= late) throw new Error(`no ${what}: ${this.#output}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.#waiting.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
