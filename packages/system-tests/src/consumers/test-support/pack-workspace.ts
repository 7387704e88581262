import { existsSync } from "node:fs";
import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";

const root = fileURLToPath(new URL("../../../../../", import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly workspaces?: readonly string[];
  readonly main?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Packed {
  readonly name: string;
  /** The tarball's path. */
  readonly tarball: string;
}

/** Each package that is published, as `npm publish` would send it, from what was built. */
export async function packWorkspace(into: string): Promise<Packed[]> {
  const names = (await publishedPackages()).map(({ manifest }) => manifest.name);
  const files = await pack(root, into, ...names.map((name) => `--workspace=${name}`));
  return names.map((name) => {
    const file = files.find((path) => basename(path).startsWith(`${name.slice(1).replace("/", "-")}-`));
    if (file === undefined) throw new Error(`${name} was not packed: ${files}`);
    return { name, tarball: file };
  });
}

/** A package as it was built, and then edited: as of another release. @returns the tarball's path */
export async function packAs(name: string, into: string, edit: (folder: string) => Promise<void>): Promise<string> {
  const published = (await publishedPackages()).find(({ manifest }) => manifest.name === name);
  if (published === undefined) throw new Error(`${name} is not published`);
  const draft = await mkdtemp(join(tmpdir(), "aiwatch-release-"));
  try {
    const isOurs = (path: string) => basename(path) !== "node_modules";
    await cp(published.folder, draft, { recursive: true, filter: isOurs });
    await copyFile(join(root, "LICENSE"), join(draft, "LICENSE"));
    await editManifest(draft, (manifest) => ({ ...manifest, scripts: {} }));
    await edit(draft);
    const [tarball = ""] = await pack(draft, into);
    return tarball;
  } finally {
    await rm(draft, { recursive: true });
  }
}

export async function editManifest(folder: string, edit: (manifest: Manifest) => Manifest): Promise<void> {
  await writeFile(join(folder, "package.json"), JSON.stringify(edit(await readManifest(folder)), undefined, 2));
}

async function publishedPackages(): Promise<{ readonly folder: string; readonly manifest: Manifest }[]> {
  const { workspaces = [] } = await readManifest(root);
  const folders = workspaces.map((workspace) => join(root, workspace));
  const all = await Promise.all(folders.map(async (folder) => ({ folder, manifest: await readManifest(folder) })));
  const published = all.filter(({ manifest }) => manifest.private !== true);
  for (const { folder, manifest } of published) {
    const { name, main } = manifest;
    if (main !== undefined && !existsSync(join(folder, main))) throw new Error(`${name} is not built: npm run build`);
  }
  return published;
}

/** @returns the tarballs' paths */
async function pack(folder: string, into: string, ...workspaces: readonly string[]): Promise<string[]> {
  const args = ["pack", "--silent", "--pack-destination", into, ...workspaces];
  const { code, stdout, stderr } = await runToEnd("npm", args, { cwd: folder, timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`npm pack in ${folder}: ${stderr}`);
  return stdout
    .trim()
    .split("\n")
    .map((file) => join(into, file));
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
}
