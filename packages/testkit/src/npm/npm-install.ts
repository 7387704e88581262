import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runToEnd } from "../process/running-process.ts";
import { toolFolder } from "../tools/tools-folder.ts";

/** Plainly, and without optional packages, those for graphics cards among them: some 600 MB. */
const flags = [
  "--omit=optional",
  "--ignore-scripts",
  "--prefer-offline",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
  "--fetch-retries=1",
  "--fetch-retry-mintimeout=1000",
];

/**
 * Installs what the folder's package.json names, and `more`. Rejects with what npm said.
 * @param conflicts what a conflict of peers is. @default an error, wherever it is
 */
export async function npmInstall(
  folder: string,
  more: readonly string[] = [],
  conflicts = "--strict-peer-deps",
): Promise<void> {
  await npm(folder, ["install", "--prefix", folder, conflicts, ...flags, ...more]);
}

/** Rejects where a package is missing, or is not one that its dependents take. */
export async function npmList(folder: string): Promise<void> {
  await npm(folder, ["ls", "--prefix", folder, "--all", "--loglevel=error"]);
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  const { code, signal, stderr } = await runToEnd("npm", args, { cwd, timeoutMs: 170_000 });
  const said = stderr.split("\n").filter((line) => line !== "" && !/^npm error +at /.test(line));
  if (code !== 0) throw new Error(said.slice(0, 20).join("\n") || `npm ended with ${code ?? signal}`);
}

const { platform, arch } = process;
const packageName = `node-${platform === "win32" ? "win" : platform}-${arch}`;

export interface NodeRelease {
  readonly version: string;
  /** The program's path. */
  readonly program: string;
}

/** The newest release of a major version that the registry had when it was first asked; kept among the tools. */
export async function nodeRelease(major: number): Promise<NodeRelease> {
  const folder = await toolFolder(`${packageName}-${major}`, async (draft) => {
    await writeFile(join(draft, "package.json"), JSON.stringify({ private: true }));
    await npmInstall(draft, [`${packageName}@${major}.x`]);
  });
  const program = join(folder, "node_modules", packageName, "bin", platform === "win32" ? "node.exe" : "node");
  const { stdout } = await runToEnd(program, ["--version"]);
  if (!stdout.startsWith(`v${major}.`))
    throw new Error(`${program} should be Node ${major}, and is "${stdout.trim()}"`);
  return { version: stdout.trim().slice(1), program };
}
