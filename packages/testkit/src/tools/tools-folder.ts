import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where fetched tools are kept: `AIWATCH_TOOLS_DIR`, else the repository's `.cache/tools`, which `npm ci` leaves alone. */
export function toolsFolder(): string {
  return process.env["AIWATCH_TOOLS_DIR"] ?? join(repositoryRoot(), ".cache/tools");
}

/** The nearest folder above this file whose package.json has workspaces. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!hasWorkspaces(folder)) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("no folder above the testkit has a package.json with workspaces");
    folder = parent;
  }
  return folder;
}

const filling = new Map<string, Promise<string>>();

/**
 * The folder `name` among the tools, filled by `fill` when it is not there: once in this process, however often it is asked for meanwhile. It
 * appears whole or not at all: test workers that fill it at the same time each fill their own, and the first to be ready wins.
 */
export async function toolFolder(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(toolsFolder(), name);
  if (existsSync(folder)) return folder;
  const filled = filling.get(folder) ?? fillFolder(folder, fill);
  filling.set(folder, filled);
  return await filled.finally(() => filling.delete(folder));
}

async function fillFolder(folder: string, fill: (folder: string) => Promise<void>): Promise<string> {
  await mkdir(toolsFolder(), { recursive: true });
  const draft = await mkdtemp(`${folder}.draft-`);
  try {
    await fill(draft);
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

function hasWorkspaces(folder: string): boolean {
  const manifest = join(folder, "package.json");
  return existsSync(manifest) && Object.hasOwn(JSON.parse(readFileSync(manifest, "utf8")), "workspaces");
}
