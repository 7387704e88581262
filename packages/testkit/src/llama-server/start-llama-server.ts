import { join } from "node:path";
import { type RunningProcess, startProcess } from "../process/running-process.ts";
import { freePort } from "../server/test-server.ts";
import { needTool } from "../tools/fetch-tool.ts";
import { repositoryRoot } from "../tools/tools-folder.ts";

export interface LlamaServerOptions {
  /** Path of the GGUF. */
  readonly model: string;
  /** For one that comes back where it was. @default one that it chooses itself */
  readonly port?: number;
  /** In tokens, shared by the slots (`--ctx-size`). @default what the model was trained for */
  readonly contextSize?: number;
  /** How many slots there are (`--parallel`). @default 1 */
  readonly parallel?: number;
  /** The name that answers give the model (`--alias`). @default the file's path, as llama-server has it */
  readonly alias?: string;
  readonly apiKey?: string;
  /** Whether it answers `/metrics`. @default false, as llama-server has it */
  readonly metrics?: boolean;
  /** Whether it answers `/slots`. @default true, as llama-server has it */
  readonly slots?: boolean;
  /** Seconds without a request after which it unloads the model until the next one. @default never */
  readonly sleepIdleSeconds?: number;
  /** For a model that makes vectors. @default false */
  readonly embeddings?: boolean;
  /** For a model that ranks. @default false */
  readonly reranking?: boolean;
  /** `started` waits for nothing: you see the server refuse connections, then answer 503 while it loads the model. @default "ready" */
  readonly until?: "ready" | "started";
}

export interface RunningLlamaServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** What llama-server logged, whole lines. */
  readonly log: readonly string[];
  /** Ends it politely. Calling it twice is harmless. */
  close(): Promise<void>;
  /** Ends it by SIGKILL, in the middle of whatever it does. */
  kill(): Promise<void>;
}

const START_MS = 30_000;

/** A real llama-server on the loopback, its own HTTP code in a process of Python. One thread evaluates. */
export async function startLlamaServer(options: LlamaServerOptions): Promise<RunningLlamaServer> {
  const { pythonPath } = await needTool("llama-server");
  const waitsForModel = options.until !== "started";
  const port = options.port ?? (waitsForModel ? 0 : await freePort());
  const env = { PYTHONPATH: pythonPath };
  const running = await startProcess("python3", ["-B", llamaServerScript(), ...flags(options, port)], { env });
  const end = async (signal: "SIGTERM" | "SIGKILL") => void (await running.stop(signal));
  try {
    const url = waitsForModel ? await readyUrl(running) : `http://127.0.0.1:${port}`;
    const { pid, stderr: log } = running;
    return { url, port: Number(new URL(url).port), pid, log, close: () => end("SIGTERM"), kill: () => end("SIGKILL") };
  } catch (error) {
    await end("SIGKILL");
    throw error;
  }
}

/** The program that stands for llama-server's; Python needs its `PYTHONPATH` to be that of the tool `llama-server`. */
export function llamaServerScript(): string {
  return join(repositoryRoot(), "packages/testkit/bin/llama-server.py");
}

function flags(options: LlamaServerOptions, port: number): string[] {
  const value = (flag: string, given: string | number | undefined) => (given === undefined ? [] : [flag, `${given}`]);
  const mark = (flag: string, set: boolean | undefined) => (set === true ? [flag] : []);
  return [
    ...value("--model", options.model),
    ...value("--port", port),
    ...value("--ctx-size", options.contextSize),
    ...value("--parallel", options.parallel),
    ...value("--alias", options.alias),
    ...value("--api-key", options.apiKey),
    ...value("--sleep-idle-seconds", options.sleepIdleSeconds),
    ...mark("--metrics", options.metrics),
    ...mark("--no-slots", options.slots === false),
    ...mark("--embeddings", options.embeddings),
    ...mark("--reranking", options.reranking),
  ];
}

/** It chooses its port itself, and says which when the model is loaded. */
async function readyUrl(running: RunningProcess): Promise<string> {
  const [, url] = await running.waitForLine(/^listening on (\S+)$/, START_MS);
  const { ok, status } = await fetch(`${url}/health`);
  if (!ok) throw new Error(`llama-server says that it listens and answers ${status}`);
  return `${url}`;
}
