import { fileURLToPath } from "node:url";
import { freePort, type RunningProcess, runNode } from "@aiwatch/testkit";

export const mainFile = fileURLToPath(new URL("../../src/main.js", import.meta.url));

export interface App {
  readonly process: RunningProcess;
  ask(init?: RequestInit): Promise<Response>;
  metrics(): Promise<string>;
}

/** The app as its user starts it, on a port of its own. */
export async function startApp(env: Record<string, string>): Promise<App> {
  const process = await runNode(mainFile, { env: { PORT: String(await freePort()), ...env } });
  const [, url = ""] = await process.waitForLine(/curl -N (\S+)\/ask/);
  return {
    process,
    ask: (init = {}) => fetch(`${url}/ask`, { method: "POST", body: "How are you?", ...init }),
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
  };
}
