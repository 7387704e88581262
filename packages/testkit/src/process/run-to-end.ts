import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { childEnvironment } from "./child-environment.ts";
import type { ProcessOptions } from "./running-process.ts";

export interface FinishedProcess {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end with `stdin` as its input. Rejects only when it cannot be started. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  { env, cwd, stdin = "" }: ProcessOptions & { readonly stdin?: string } = {},
): Promise<FinishedProcess> {
  const child = spawn(command, args, { env: childEnvironment(env), cwd, stdio: "pipe" });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  // A program may end without reading its input; that is told by its exit code.
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}
