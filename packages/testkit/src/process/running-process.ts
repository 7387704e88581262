import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { Pending, patience } from "../wait/pending.ts";

/** What vitest puts into its workers' environment; a program that sees it does not run as its user would run it. */
const FROM_VITEST = /^(VITEST.*|TEST|NODE_ENV|MODE|DEV|PROD|SSR|BASE_URL|NODE_OPTIONS|NODE_CHANNEL_FD|NODE_UNIQUE_ID)$/;

/** Our environment without vitest's additions, then `changes`, of which `undefined` removes a variable. */
export function childEnvironment(changes: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !FROM_VITEST.test(name));
  const changed = { ...Object.fromEntries(inherited), ...changes };
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
}

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

/** Starts this very Node on an entry file or with a list of arguments. */
export function runNode(entry: string | readonly string[], options: ProcessOptions = {}): Promise<RunningProcess> {
  return startProcess(process.execPath, typeof entry === "string" ? [entry] : entry, options);
}

export interface FinishedProcess {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal?: NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions extends ProcessOptions {
  readonly stdin?: string;
  /** A program that hangs is killed after so long. @default it may take as long as it likes */
  readonly timeoutMs?: number;
}

/** Runs a program to its end with `stdin` as its input. Rejects only when it cannot be started. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  { env, cwd, stdin = "", timeoutMs }: RunOptions = {},
): Promise<FinishedProcess> {
  const limit = { timeout: timeoutMs, killSignal: "SIGKILL" } as const;
  const child = spawn(command, args, { env: childEnvironment(env), cwd, stdio: "pipe", ...limit });
  const ended = new Promise<ProcessExit>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  // A program may end without reading its input; that is told by its exit code.
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const [{ code, signal }, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, ...(signal !== null && { signal }), stdout, stderr };
}
