import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd } from "./run-to-end.ts";

const repository = fileURLToPath(new URL("../../../../../", import.meta.url));

/**
 * A folder with a release and its prebuilt llama.cpp for this machine's processor, from the registry. It is kept among the fetched tools
 * (`AIWATCH_TOOLS_DIR`, else below the repository's `node_modules/.cache`), and appears whole or not at all.
 */
export async function installRelease(version: string): Promise<string> {
  const tools = process.env["AIWATCH_TOOLS_DIR"] ?? join(repository, "node_modules/.cache/aiwatch/tools");
  const folder = join(tools, `node-llama-cpp-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(tools, { recursive: true });
  const draft = await mkdtemp(`${folder}.draft-`);
  try {
    await fill(draft, version);
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Without the optional packages, those for graphics cards among them: some 600 MB. The one for the processor is then to be named. */
async function fill(folder: string, version: string): Promise<void> {
  const dependencies = { "node-llama-cpp": version, [`@node-llama-cpp/${platformName()}`]: version };
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }));
  const flags = [
    "--ignore-scripts",
    "--omit=optional",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--fetch-retries=1",
  ];
  const { code, signal, stderr } = await runToEnd("npm", ["install", "--prefix", folder, ...flags], { cwd: folder });
  if (code !== 0) throw new Error(stderr.trim().split("\n", 2).join(" ") || `npm ended with ${code ?? signal}`);
}

function platformName(): string {
  const { platform, arch } = process;
  if (platform === "darwin") return arch === "arm64" ? "mac-arm64-metal" : "mac-x64";
  return `${platform === "win32" ? "win" : platform}-${arch}`;
}
