import { fileURLToPath } from "node:url";
import { type RunningProcess, runNode } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";

export const mainFile = fileURLToPath(new URL("../../src/main.js", import.meta.url));

export interface Demo {
  readonly url: string;
  readonly process: RunningProcess;
}

/** The demo as its user starts it, on a port of its own, with answers that are the same in every run. */
export async function startDemo(env: Record<string, string | undefined> = {}): Promise<Demo> {
  const demo = await beginDemo(env);
  await demo.process.waitForLine(/the model is ready|the model server answers/, 25_000);
  return demo;
}

/** As soon as it listens: the model is not loaded yet. It speaks shortly and quickly, unless `env` names another model or none. */
export async function beginDemo(env: Record<string, string | undefined> = {}): Promise<Demo> {
  const MODEL_PATH = await ensureTinyModel();
  const process = await runNode(mainFile, { env: { PORT: "0", SEED: "7", THREADS: "1", MODEL_PATH, ...env } });
  const [, url = ""] = await process.waitForLine(/chat +(http:\/\/\S+)\//, 25_000);
  return { url, process };
}

/** A model that speaks until it is stopped or reaches the longest answer: some seconds. */
export const endlessModel = () => ensureTinyModel({ variant: "endless" });
