import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";

const root = fileURLToPath(new URL("../../../../../", import.meta.url));

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly workspaces?: readonly string[];
  readonly main?: string;
}

export interface Packed {
  readonly name: string;
  /** The tarball's path. */
  readonly tarball: string;
}

/** Each package that is published, as `npm publish` would send it, from what was built. */
export async function packWorkspace(into: string): Promise<Packed[]> {
  const { workspaces = [] } = await readManifest(root);
  const packed: Packed[] = [];
  for (const folder of workspaces.map((workspace) => join(root, workspace))) {
    const manifest = await readManifest(folder);
    if (manifest.private) continue;
    const { name, main } = manifest;
    if (main !== undefined && !existsSync(join(folder, main))) throw new Error(`${name} is not built: npm run build`);
    packed.push({ name, tarball: await pack(folder, into) });
  }
  return packed;
}

async function pack(folder: string, into: string): Promise<string> {
  const args = ["pack", "--silent", "--pack-destination", into];
  const { code, stdout, stderr } = await runToEnd("npm", args, { cwd: folder, timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`npm pack in ${folder}: ${stderr}`);
  return join(into, stdout.trim());
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
}
