import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, npmInstall, type RunningProcess, runNode } from "@aiwatch/testkit";

export const exampleFolder = fileURLToPath(new URL("../../../../../examples/openai", import.meta.url));

export const mainFile = join(exampleFolder, "src/main.js");

export interface App {
  readonly process: RunningProcess;
  ask(init?: RequestInit): Promise<Response>;
  metrics(): Promise<string>;
}

/** The example outside the repository, as `npm install` there leaves it: with the client, and with our packages as built. */
export async function installExample(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-example-"));
  for (const name of [".npmrc", "package.json", "src"])
    await cp(join(exampleFolder, name), join(folder, name), { recursive: true });
  const manifest = await readFile(join(folder, "package.json"), "utf8");
  const fromHere = manifest.replace(/"file:([^"]+)"/g, (_, path) => `"file:${resolve(exampleFolder, path)}"`);
  await writeFile(join(folder, "package.json"), fromHere);
  await npmInstall(folder);
  return folder;
}

export const removeExample = (folder: string) => rm(folder, { recursive: true });

/** The app as its user starts it, on a port of its own. */
export async function startApp(folder: string, env: Record<string, string>): Promise<App> {
  const process = await runNode(join(folder, "src/main.js"), { env: { PORT: String(await freePort()), ...env } });
  const [, url = ""] = await process.waitForLine(/curl -N (\S+)\/ask/);
  return {
    process,
    ask: (init = {}) => fetch(`${url}/ask`, { method: "POST", body: "How are you?", ...init }),
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
  };
}
