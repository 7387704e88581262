import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmInstall, runToEnd, toolFolder } from "@aiwatch/testkit";

/** What the guides' snippets import. Too much for the repository's own lock. */
const clients = {
  ai: "7.0.173",
  "@ai-sdk/openai-compatible": "3.0.92",
  "@langchain/core": "1.4.0",
  "@langchain/ollama": "1.3.0",
  "@langchain/openai": "1.6.0",
  ollama: "0.6.4",
  openai: "6.49.0",
  zod: "4.3.6",
};

const ours = ["@aiwatch", "@opentelemetry", "express", "prom-client"];
const workspace = fileURLToPath(new URL("../../../../../node_modules", import.meta.url));

/** A folder outside the workspace in which programs find the clients, kept among the tools, and our packages as built. */
export async function clientsFolder(): Promise<string> {
  const installed = await toolFolder("guide-clients-2", async (draft) => {
    await writeFile(join(draft, "package.json"), JSON.stringify({ private: true, dependencies: clients }));
    await npmInstall(draft);
  });
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-guides-"));
  const modules = join(folder, "node_modules");
  await mkdir(modules);
  const theirs = (await readdir(join(installed, "node_modules"))).filter((name) => !ours.includes(name));
  for (const name of theirs) await symlink(join(installed, "node_modules", name), join(modules, name));
  for (const name of ours) await symlink(join(workspace, name), join(modules, name));
  return folder;
}

/** Prints what was counted, behind what the snippet printed. */
const counted = `
const counted = /^genai_app_(inferences_total|chat_tokens_total)/;
const lines = (await aiwatch.registry.metrics()).split("\\n").filter((line) => counted.test(line) && !line.endsWith(" 0"));
console.log(["", ...lines.sort()].join("\\n"));
await aiwatch.close();`;

/** Runs a snippet as a program there, and gives what it printed. Rejects where it fails or complains. */
export async function runSnippet(folder: string, snippet: string, env: Record<string, string>): Promise<string> {
  const file = join(await mkdtemp(join(folder, "program-")), "main.mjs");
  await writeFile(file, snippet + counted);
  const { code, stdout, stderr } = await runToEnd(process.execPath, [file], { cwd: folder, env, timeoutMs: 60_000 });
  if (code !== 0 || stderr !== "") throw new Error(`it ended with ${code}: ${stderr}`);
  return stdout.trim();
}

export const removeFolder = (folder: string) => rm(folder, { recursive: true });
