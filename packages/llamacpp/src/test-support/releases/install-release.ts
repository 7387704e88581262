import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runToEnd, toolFolder } from "@aiwatch/testkit";

/** A folder among the tools with a release and its prebuilt llama.cpp for this machine's processor, from the registry. */
export function installRelease(version: string): Promise<string> {
  return toolFolder(`node-llama-cpp-${version}`, (folder) => fill(folder, version));
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
  const args = ["install", "--prefix", folder, ...flags];
  const { code, signal, stderr } = await runToEnd("npm", args, { cwd: folder, timeoutMs: 170_000 });
  if (code !== 0) throw new Error(stderr.trim().split("\n", 2).join(" ") || `npm ended with ${code ?? signal}`);
}

function platformName(): string {
  const { platform, arch } = process;
  if (platform === "darwin") return arch === "arm64" ? "mac-arm64-metal" : "mac-x64";
  return `${platform === "win32" ? "win" : platform}-${arch}`;
}
