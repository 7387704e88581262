import { fileURLToPath } from "node:url";
import { type RunningProcess, runNode } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";

export interface Example {
  readonly url: string;
  readonly process: RunningProcess;
}

export const mainFile = fileURLToPath(new URL("../../src/main.js", import.meta.url));

/** As soon as it listens: the model is not loaded yet. */
export async function beginExample(env: Record<string, string> = {}): Promise<Example> {
  const process = await runNode(mainFile, { env: { PORT: "0", THREADS: "1", ...env } });
  const [, url = ""] = await process.waitForLine(/"url":"(http:[^"]+)"/, 25_000);
  return { url, process };
}

/** The example as its user starts it, on a port of its own. */
export async function startExample(env: Record<string, string> = {}): Promise<Example> {
  const example = await beginExample(env);
  await example.process.waitForLine(/the model is ready/, 25_000);
  return example;
}

/** A model that speaks until it is stopped or reaches the longest answer: some seconds. */
export const endlessModel = () => ensureTinyModel({ variant: "endless" });

export function ask(url: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  const headers = { "content-type": "application/json", ...init.headers };
  return fetch(`${url}/chat`, { method: "POST", ...init, headers, body: JSON.stringify(body) });
}

/** The samples of `/metrics`: `name{labels}` and value. */
export async function scrape(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    samples.map((line) => {
      const end = line.lastIndexOf(" ");
      return [line.slice(0, end), Number(line.slice(end))];
    }),
  );
}
