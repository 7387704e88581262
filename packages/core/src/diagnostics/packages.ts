import { readFile, realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve, sep } from "node:path";
import type { PackageCopy, PackageFacts } from "./schema.ts";

const ours = ["@aiwatch/core", "@aiwatch/logging", "@aiwatch/tracing", "@aiwatch/llamacpp", "@aiwatch/openai"];

/** What AIWatch works with, and must find one copy of. */
const peers = [
  "prom-client",
  "pino",
  "@opentelemetry/api",
  "@opentelemetry/sdk-node",
  "express",
  "fastify",
  "hono",
  "node-llama-cpp",
];

/**
 * The copies of our packages and their peers that the app and our packages find, and those of which CommonJS is loaded. What is bundled, and
 * what a package manager keeps in no folder `node_modules`, is not found.
 * @param bases folders from which packages are looked for. @default those of the program and of the process
 */
export async function findPackages(bases: readonly string[] = programFolders()): Promise<PackageFacts[]> {
  const loaded = Object.keys(createRequire(join(process.cwd(), "diagnostics.js")).cache);
  const own = await Promise.all(ours.map((name) => packageOf(name, bases, loaded)));
  // a copy that ours alone find lies beneath them
  const all = [...bases, ...own.flatMap(({ copies }) => copies.map(({ path }) => path))];
  const others = await Promise.all(peers.map((name) => packageOf(name, all, loaded)));
  return [...own, ...others].filter(({ copies }) => copies.length > 0);
}

function programFolders(): string[] {
  const [, program] = process.argv;
  return [...(program === undefined ? [] : [dirname(resolve(program))]), process.cwd()];
}

async function packageOf(name: string, bases: readonly string[], loaded: readonly string[]): Promise<PackageFacts> {
  const found = await Promise.all(bases.map((base) => nearest(name, base)));
  const used = loaded.flatMap((file) => folderIn(file, name) ?? []);
  const folders = new Set([...found, ...used].filter((folder) => folder !== undefined));
  const copies = await Promise.all(Array.from(folders, (folder) => copyAt(folder, loaded)));
  return { name, copies };
}

/** The folder that Node would find the package in, as it looks from `base` upward. */
async function nearest(name: string, base: string): Promise<string | undefined> {
  for (let folder = base; ; folder = dirname(folder)) {
    const manifest = join(folder, "node_modules", name, "package.json");
    const found = await realpath(manifest).catch(() => undefined);
    if (found !== undefined) return dirname(found);
    if (folder === dirname(folder)) return undefined;
  }
}

/** The package's folder, where a module's file lies in it. */
function folderIn(file: string, name: string): string | undefined {
  const part = `${join(sep, "node_modules", name)}${sep}`;
  const at = file.lastIndexOf(part);
  return at === -1 ? undefined : file.slice(0, at + part.length - 1);
}

async function copyAt(path: string, loaded: readonly string[]): Promise<PackageCopy> {
  const version = await versionAt(path);
  const isLoaded = loaded.some((file) => isOwnFile(file, path));
  return { ...(version !== undefined && { version }), path, ...(isLoaded && { loaded: true }) };
}

/** Not of a package beneath it. */
function isOwnFile(file: string, folder: string): boolean {
  return file.startsWith(folder + sep) && !file.slice(folder.length).includes(`${sep}node_modules${sep}`);
}

async function versionAt(folder: string): Promise<string | undefined> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const version: unknown = Reflect.get(Object(manifest), "version");
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
