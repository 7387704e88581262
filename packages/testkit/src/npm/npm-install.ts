import { runToEnd } from "../process/run-to-end.ts";

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
