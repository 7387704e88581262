import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { npmInstall, toolFolder } from "@aiwatch/testkit";

/** A folder among the tools with a release and its prebuilt llama.cpp for this machine's processor, from the registry. */
export function installRelease(version: string): Promise<string> {
  return toolFolder(`node-llama-cpp-${version}`, (folder) => fill(folder, version));
}

/** Optional packages are left out: the one for the processor is to be named. */
async function fill(folder: string, version: string): Promise<void> {
  const dependencies = { "node-llama-cpp": version, [`@node-llama-cpp/${platformName()}`]: version };
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }));
  await npmInstall(folder);
}

function platformName(): string {
  const { platform, arch } = process;
  if (platform === "darwin") return arch === "arm64" ? "mac-arm64-metal" : "mac-x64";
  return `${platform === "win32" ? "win" : platform}-${arch}`;
}
