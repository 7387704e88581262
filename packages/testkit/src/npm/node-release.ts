import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runToEnd } from "../process/run-to-end.ts";
import { toolFolder } from "../tools/tools-folder.ts";
import { npmInstall } from "./npm-install.ts";

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
