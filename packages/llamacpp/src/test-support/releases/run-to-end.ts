import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

export interface Finished {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly cwd?: string;
  /** A process that hangs is killed. @default 170,000 */
  readonly timeoutMs?: number;
}

/** What vitest puts into its workers' environment; the rest of Node's own, such as its certificates, is the machine's. */
const fromVitest = /^(VITEST.*|TEST|NODE_ENV|NODE_OPTIONS|NODE_CHANNEL_FD|NODE_UNIQUE_ID)$/;

/** Runs a program to its end, in the environment that it would have outside of a test. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  { cwd, timeoutMs = 170_000 }: ProcessOptions = {},
): Promise<Finished> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !fromVitest.test(name)));
  const child = spawn(command, args, {
    cwd,
    env,
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<Pick<Finished, "code" | "signal">>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const [end, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { ...end, stdout, stderr };
}
