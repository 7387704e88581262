import { existsSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { packageFolder } from "../package-folder.ts";
import { withGrafana } from "../runbooks.ts";
import { UsageError } from "./exit-codes.ts";

/** What of the package is code, and of no use in a folder of one's own. */
const isCode = (entry: string) =>
  entry.startsWith("!") || ["dist", "src", "README.md", "THIRD-PARTY-LICENSES.txt"].includes(entry);

/** The dashboards, rules and files of the stack: what the package ships besides its code. */
export async function stackEntries(from = packageFolder): Promise<string[]> {
  const { files } = JSON.parse(await readFile(join(from, "package.json"), "utf8")) as { files: string[] };
  return files.filter((entry) => !isCode(entry));
}

/** The files among them, from the package's folder. */
export async function stackFiles(from = packageFolder): Promise<string[]> {
  const lists = (await stackEntries(from)).map(async (entry) => {
    if (!(await stat(join(from, entry))).isDirectory()) return [entry];
    const found = await readdir(join(from, entry), { recursive: true, withFileTypes: true });
    const files = found.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    return files.map((file) => file.slice(from.length + 1));
  });
  return (await Promise.all(lists)).flat().sort();
}

export interface CopyOptions {
  /** Replace our files in a folder that is not empty. */
  readonly force: boolean;
  /** The address of one's own Grafana, to which the runbooks then link. @default the Compose stack's */
  readonly grafana?: string;
  /** The package's folder. @default this package's */
  readonly from?: string;
}

export interface Copied {
  /** The folder's full path. */
  readonly folder: string;
  readonly files: readonly string[];
  /** Those that were there before, with another content or the same. */
  readonly replaced: readonly string[];
}

/**
 * Copies the stack into a folder. All is copied beside its place first, and then moved there: what fails leaves the folder as it was.
 *
 * @throws UsageError the folder is not empty and `force` is false, or it cannot be written
 */
export async function copyStack(
  target: string,
  { force, grafana, from = packageFolder }: CopyOptions,
): Promise<Copied> {
  const folder = resolve(target);
  const there = await entriesOf(folder);
  if (there !== undefined && there.length > 0 && !force) {
    const some = there.slice(0, 3).join(", ") + (there.length > 3 ? ", …" : "");
    throw new UsageError(
      `${folder} is not empty (${some}): name another folder, or add --force to replace our files in it`,
    );
  }
  const files = await stackFiles(from);
  const replaced = there === undefined ? [] : await whatIsReplaced(folder, files);
  try {
    const copyTo = (draft: string) => copyInto(draft, from, grafana);
    await (there === undefined ? createFolder(folder, copyTo) : fillFolder(folder, files, copyTo));
  } catch (error) {
    throw new UsageError(`${folder} cannot be written: ${messageOf(error)}. Nothing was copied`, { cause: error });
  }
  return { folder, files, replaced };
}

/** What a folder holds; absent where there is none. */
async function entriesOf(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    if (codeOf(error) === "ENOTDIR") throw new UsageError(`${folder} is a file, or below one: name a folder`);
    throw new UsageError(`${folder} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** The files that give way to ours. Refuses where a folder is in the way, before anything is moved. */
async function whatIsReplaced(folder: string, files: readonly string[]): Promise<string[]> {
  const replaced: string[] = [];
  for (const file of files) {
    const found = await stat(join(folder, file)).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return undefined;
      throw new UsageError(`${join(folder, file)} cannot be written: ${messageOf(error)}`, { cause: error });
    });
    if (found?.isDirectory()) throw new UsageError(`${join(folder, file)} is a folder, and should become a file`);
    if (found !== undefined) replaced.push(file);
  }
  return replaced;
}

/** A folder that is new appears whole, or not at all. */
async function createFolder(folder: string, copyTo: (draft: string) => Promise<void>): Promise<void> {
  const made = await makeFolders(dirname(folder));
  try {
    const draft = await mkdtemp(`${folder}.draft-`);
    try {
      await copyTo(draft);
      await rename(draft, folder);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true, force: true });
    throw error;
  }
}

/**
 * One folder after the other: `mkdir` with `recursive` never ends below a folder that takes none, such as `/proc`.
 *
 * @returns the first that was made
 */
async function makeFolders(folder: string): Promise<string | undefined> {
  if (existsSync(folder)) return undefined;
  const made = await makeFolders(dirname(folder));
  await mkdir(folder);
  return made ?? folder;
}

async function fillFolder(
  folder: string,
  files: readonly string[],
  copyTo: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = await mkdtemp(join(folder, ".draft-"));
  try {
    await copyTo(draft);
    for (const file of files) {
      await makeOpenFolder(folder, dirname(file));
      await rename(join(draft, file), join(folder, file));
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function copyInto(draft: string, from: string, grafana: string | undefined): Promise<void> {
  for (const entry of await stackEntries(from)) await cp(join(from, entry), join(draft, entry), { recursive: true });
  if (grafana !== undefined) await linkRunbooks(join(draft, "runbooks"), grafana);
  await openForReading(draft);
}

async function linkRunbooks(folder: string, grafana: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    await writeFile(file, withGrafana(await readFile(file, "utf8"), grafana));
  }
}

/** The folders of a path below `folder`, those that are there as they are. */
async function makeOpenFolder(folder: string, path: string): Promise<void> {
  if (path === "." || existsSync(join(folder, path))) return;
  await makeOpenFolder(folder, dirname(path));
  await mkdir(join(folder, path));
  await chmod(join(folder, path), folderMode);
}

const folderMode = 0o755;
const fileMode = 0o644;

/** Containers read the files as users of their own, and nobody but the owner writes them: whatever the umask and the modes were. */
async function openForReading(folder: string): Promise<void> {
  await chmod(folder, folderMode);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? openForReading(path) : chmod(path, fileMode));
  }
}

/**
 * Writes a file whole, or not at all.
 *
 * @returns its full path
 * @throws UsageError it cannot be written
 */
export async function writeWhole(file: string, text: string): Promise<string> {
  const path = resolve(file);
  const draft = join(dirname(path), `.${basename(path)}.draft-${process.pid}`);
  try {
    await writeFile(draft, text);
    await rename(draft, path);
    return path;
  } catch (error) {
    await rm(draft, { force: true });
    throw new UsageError(`${path} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

const codeOf = (error: unknown) => (error instanceof Error && "code" in error ? error.code : undefined);
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
