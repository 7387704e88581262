import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { TaskName, Tasks } from "../tasks/index.ts";

/** A process of its own: nothing that another condition compiled, allocated or patched is in it. */
export interface Child<Name extends TaskName> {
  ask(request: Request<Name>): Promise<Reply<Name>>;
  stop(): Promise<void>;
}

type Run<Name extends TaskName> = Awaited<ReturnType<Tasks[Name]>>;
type Request<Name extends TaskName> = Parameters<Run<Name>>[0];
type Reply<Name extends TaskName> = Awaited<ReturnType<Run<Name>>>;
type Argument<Name extends TaskName> = Parameters<Tasks[Name]>[0];

export interface ChildOptions {
  /** For Node, beside `--expose-gc`. @default [] */
  readonly flags?: readonly string[];
  /** The processor that it stays on, counted from 0, where the system has `taskset`. @default any */
  readonly processor?: number;
  /** The child's script, of another build. @default this one's */
  readonly script?: string;
}

/** Starts `task` in a process; the collector is exposed there. */
export async function startChild<Name extends TaskName>(
  task: Name,
  argument: Argument<Name>,
  { flags = [], processor, script = fileURLToPath(new URL("./child.js", import.meta.url)) }: ChildOptions = {},
): Promise<Child<Name>> {
  const execArgv = ["--expose-gc", ...flags, ...process.execArgv];
  const pinned = { execPath: "taskset", execArgv: ["-c", String(processor), process.execPath, ...execArgv] };
  const options = processor !== undefined && canPin() ? pinned : { execArgv };
  const child = fork(script, [task, JSON.stringify(argument)], options);
  await answerOf(child, task);
  return {
    ask(request) {
      child.send({ request });
      return answerOf(child, task) as Promise<Reply<Name>>;
    },
    async stop() {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}

function canPin(): boolean {
  return cpus().length > 1 && spawnSync("taskset", ["--version"]).status === 0;
}

/** The next message; a process that dies instead wrote the reason to standard error. */
async function answerOf(child: ChildProcess, task: string): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  const died = once(child, "exit", { signal }).then(([code]) => {
    throw new Error(`the benchmark's process for ${task} ended with code ${code}`);
  });
  died.catch(() => {});
  try {
    const [message] = await Promise.race([once(child, "message", { signal }), died]);
    return (message as { reply: unknown }).reply;
  } finally {
    settled.abort();
  }
}
