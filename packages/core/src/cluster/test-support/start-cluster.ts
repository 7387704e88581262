import { fileURLToPath } from "node:url";
import { type RunningProcess, startProcess } from "@aiwatch/testkit";
import { openStream } from "../../live/test-support/event-stream.ts";
import type { ChatList, SummaryAnswer } from "../../summary/schema.ts";

/** How `app.ts` is run. */
export interface ClusterApp {
  /** A release of Node. */
  readonly program: string;
  readonly args: readonly string[];
}

/** One process or thread of the cluster under test. */
export interface Member {
  /** The process's, or the thread's number. */
  readonly pid: number;
  readonly get: (path: string, accept?: string) => Promise<Response>;
  /** The values of its `/metrics`, by name and labels as they are written there. */
  readonly samples: () => Promise<ReadonlyMap<string, number>>;
  readonly summary: () => Promise<SummaryAnswer>;
  readonly chats: () => Promise<ChatList>;
  /** Opens its live stream. */
  readonly live: () => ReturnType<typeof openStream>;
}

/** On the sources. */
export const sourceApp: ClusterApp = {
  program: process.execPath,
  args: ["--conditions=@aiwatch/source", fileURLToPath(new URL("app.ts", import.meta.url))],
};

export interface RunningCluster {
  readonly process: RunningProcess;
  readonly primary: Member;
  /** The nth worker that began to listen, from 0, by one of its doors. */
  readonly worker: (nth: number, door?: string) => Promise<Member>;
}

/** For clusters of which a member is silent: what waits for it waits no longer than that. */
export const impatient = { TIMEOUT_MS: "300" } as const;

/** @param env says by `impatient` that a member will be silent. Else they wait for each other long enough for a machine that is busy */
export async function startCluster(
  { program, args }: ClusterApp,
  workers: number,
  env: Record<string, string | undefined> = {},
): Promise<RunningCluster> {
  const running = await startProcess(program, args, {
    env: { WORKERS: String(workers), PRIMARY_JOINS: "yes", TIMEOUT_MS: "10000", ...env },
  });
  const listening = (name: string) =>
    running.stdout.flatMap((line) => {
      const [what, who, pid, port] = line.split(" ");
      return what === "listening" && who === name ? [memberAt(Number(pid), Number(port))] : [];
    });
  await running.waitForLine(/^listening primary/, 20_000);
  const worker = async (nth: number, door = "worker"): Promise<Member> => {
    for (;;) {
      const member = listening(door)[nth];
      if (member !== undefined) return member;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await worker(workers - 1);
  return { process: running, primary: listening("primary")[0]!, worker };
}

function memberAt(pid: number, port: number): Member {
  const get: Member["get"] = (path, accept = "text/plain") =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept, connection: "close" } });
  const json = async (path: string) => await (await get(path)).json();
  return {
    pid,
    get,
    samples: async () => samplesOf(await (await get("/metrics")).text()),
    summary: async () => (await json("/metrics/summary")) as SummaryAnswer,
    chats: async () => (await json("/metrics/chats")) as ChatList,
    live: () => openStream(`http://127.0.0.1:${port}/metrics/live`),
  };
}

function samplesOf(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

/** What the workers of a cluster are. */
export interface WorkerKind {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** What a worker calls the member that answers for all. */
  readonly parent: string;
  kill(worker: Member, cluster: RunningCluster): Promise<void>;
  /** It answers nothing until it is resumed. */
  hang(worker: Member, cluster: RunningCluster): Promise<void>;
  resume(worker: Member, cluster: RunningCluster): Promise<void>;
}

const signal = (name: NodeJS.Signals) => async (worker: Member) => void process.kill(worker.pid, name);
const request = (path: string) => async (worker: Member, cluster: RunningCluster) =>
  void (await cluster.primary.get(`${path}?id=${worker.pid}`));

export const workerKinds: readonly WorkerKind[] = [
  {
    name: "processes",
    env: {},
    parent: "primary",
    kill: signal("SIGKILL"),
    hang: signal("SIGSTOP"),
    resume: signal("SIGCONT"),
  },
  {
    name: "threads",
    env: { THREADS: "yes" },
    parent: "main thread",
    kill: request("/terminate"),
    hang: request("/hang"),
    resume: request("/resume"),
  },
];
