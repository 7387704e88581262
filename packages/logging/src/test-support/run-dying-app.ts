import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const app = fileURLToPath(new URL("./dying-app.ts", import.meta.url));

/** Runs the app that dies, and reads its log. */
export async function runDyingApp(how: string) {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-fatal-"));
  const file = join(folder, "app.log");
  const flags = ["--conditions=@aiwatch/source", "--no-warnings", app, file, how];
  const died = await promisify(execFile)(process.execPath, flags).catch(
    (error: { code: number; stderr: string }) => error,
  );
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  await rm(folder, { recursive: true });
  return { died, lines: lines.map((line) => JSON.parse(line)), text: lines.join("\n") };
}
