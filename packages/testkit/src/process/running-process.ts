import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { patience } from "../wait/patience.ts";
import { Pending } from "../wait/pending.ts";
import { childEnvironment } from "./child-environment.ts";

export interface ProcessOptions {
  /** Laid over our own environment, less what vitest put there; `undefined` removes a variable. */
  readonly env?: Record<string, string | undefined>;
  readonly cwd?: string;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly pid: number;
  /** Whole lines so far, without their ends. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /**
   * The match of the first line, past or to come, of stdout or stderr. Rejects after `timeoutMs` (by default before
   * the test does) and when the process ends without such a line; the error quotes what was written.
   */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Resolves when the process has ended and all its lines are in. Never rejects. */
  readonly exit: Promise<ProcessExit>;
  /** Sends `signal` (default SIGTERM), and SIGKILL if the process still lives after `graceMs` (default 10,000). */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<ProcessExit>;
}

/** Starts a program and reads its lines. It is killed when this process ends, so that a broken test leaves nothing behind. */
export async function startProcess(
  command: string,
  args: readonly string[],
  { env, cwd }: ProcessOptions = {},
): Promise<RunningProcess> {
  const child = spawn(command, args, { env: childEnvironment(env), cwd, stdio: ["ignore", "pipe", "pipe"] });
  const { stdout, stderr, pending } = readLines(child.stdout, child.stderr);
  const exit = exitOf(child).then((ended) => {
    pending.end(`${command} ended (code ${ended.code}, signal ${ended.signal})`);
    return ended;
  });
  const pid = await started(child);

  return {
    pid,
    stdout,
    stderr,
    exit,
    waitForLine: (pattern, timeoutMs = patience()) =>
      pending.wait(
        () => firstMatch(pattern, stdout) ?? firstMatch(pattern, stderr),
        timeoutMs,
        () => `for a line like ${pattern} in:\n${[...stdout, ...stderr].join("\n")}`,
      ),
    stop: async (signal = "SIGTERM", graceMs = 10_000) => {
      child.kill(signal);
      const grace = setTimeout(() => child.kill("SIGKILL"), graceMs);
      return await exit.finally(() => clearTimeout(grace));
    },
  };
}

function readLines(out: Readable, err: Readable) {
  const pending = new Pending<RegExpExecArray>();
  const collect = (stream: Readable) => {
    const lines: string[] = [];
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
      lines.push(line);
      pending.settle();
    });
    return lines;
  };
  return { stdout: collect(out), stderr: collect(err), pending };
}

/** "close" and not "exit": only then were both outputs read to their end. */
function exitOf(child: ChildProcess): Promise<ProcessExit> {
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  return new Promise((resolve) => {
    child.once("close", (code, signal) => {
      process.off("exit", kill);
      resolve({ code, signal });
    });
  });
}

function started(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => resolve(child.pid ?? Number.NaN));
  });
}

function firstMatch(pattern: RegExp, lines: readonly string[]): RegExpExecArray | undefined {
  const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
  for (const line of lines) {
    const match = stateless.exec(line);
    if (match) return match;
  }
  return undefined;
}
