import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { childEnvironment } from "@aiwatch/testkit";
import { type About, type Asked, end, type Outcome } from "./messages.ts";

interface Started {
  readonly child: ChildProcess;
  readonly about: About;
  /** What it wrote: nothing, where all is well. */
  readonly said: readonly string[];
  readonly exit: Promise<string>;
}

/** A process that runs tests on another Node. One that dies fails the test that it ran, or the next one; that after it has a new process. */
export class Tester {
  readonly #program: string;
  readonly #file: string;
  #started: Promise<Started> | undefined;

  /**
   * @param program a release of Node
   * @param file a bundle
   */
  constructor(program: string, file: string) {
    this.#program = program;
    this.#file = file;
  }

  async about(): Promise<About> {
    return (await this.#process()).about;
  }

  /**
   * Rejects with what the test throws.
   * @param signal aborts when the test has taken too long
   */
  async run(asked: Asked, signal: AbortSignal): Promise<void> {
    const { child, exit } = await this.#process();
    signal.throwIfAborted();
    const kill = () => child.kill("SIGKILL");
    signal.addEventListener("abort", kill);
    try {
      if (child.connected) child.send(asked);
      const outcome = await nextMessage<Outcome>(child, exit);
      if (!outcome.passed) throw Object.assign(new Error(), outcome.error);
    } finally {
      signal.removeEventListener("abort", kill);
      if (!child.connected) this.#started = undefined;
    }
  }

  /** Rejects where the process has died since the last test, or ever said something. */
  async close(): Promise<void> {
    const started = await this.#started;
    if (started === undefined) return;
    if (started.child.connected) started.child.send(end);
    const exit = await started.exit;
    if (started.child.exitCode !== 0 || started.said.length > 0) throw new Error(exit);
  }

  #process(): Promise<Started> {
    this.#started ??= start(this.#program, this.#file);
    return this.#started;
  }
}

async function start(program: string, file: string): Promise<Started> {
  const flags = { execPath: program, execArgv: ["--enable-source-maps"] };
  const child = fork(file, { ...flags, env: childEnvironment(), silent: true });
  const said: string[] = [];
  for (const output of [child.stdout, child.stderr]) output?.setEncoding("utf8").on("data", (text) => said.push(text));
  const exit = once(child, "close").then(([code, signal]) => `${file} ended with ${signal ?? code}: ${said.join("")}`);
  return { child, said, exit, about: await nextMessage<About>(child, exit) };
}

/** Rejects where the process ends before it. */
async function nextMessage<Message>(child: ChildProcess, exit: Promise<string>): Promise<Message> {
  const died = exit.then((told) => {
    throw new Error(told);
  });
  const [message] = await Promise.race([once(child, "message"), died]);
  return message;
}
