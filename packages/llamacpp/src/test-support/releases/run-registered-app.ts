import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type FinishedProcess, runToEnd } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";

const source = fileURLToPath(new URL("registered-app.mjs", import.meta.url));
const preload = new URL("../../../dist/register.js", import.meta.url).href;
const promClient = pathToFileURL(createRequire(import.meta.url).resolve("prom-client")).href;

/** Runs an app in a release's folder, with the preload as it was built or without. */
export async function runRegisteredApp(folder: string, preloads: boolean): Promise<FinishedProcess> {
  const home = await mkdtemp(join(folder, "app-"));
  try {
    const app = join(home, "app.mjs");
    await copyFile(source, app);
    const flags = preloads ? ["--import", preload] : [];
    const args = [...flags, app, await ensureTinyModel(), promClient];
    return await runToEnd(process.execPath, args, { cwd: home, timeoutMs: 170_000 });
  } finally {
    await rm(home, { recursive: true });
  }
}
