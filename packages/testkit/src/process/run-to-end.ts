import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { childEnvironment } from "./child-environment.ts";
import type { ProcessExit, ProcessOptions } from "./running-process.ts";

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
