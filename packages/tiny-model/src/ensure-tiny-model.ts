import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { buildTinyModel } from "./build-tiny-model.ts";
import { resolveOptions, TinyModelError, type TinyModelOptions } from "./options.ts";

/** Where generated files are kept: `node_modules/.cache/aiwatch` of the nearest folder upward that has `node_modules`, else the system's. */
export function cacheDirectory(from: string = process.cwd()): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    if (existsSync(modules)) return join(modules, ".cache", "aiwatch");
    if (folder === dirname(folder)) return join(tmpdir(), "aiwatch");
  }
}

export interface EnsureTinyModelOptions extends TinyModelOptions {
  /**
   * The folder to keep the file in; made if it is not there.
   * @default `node_modules/.cache/aiwatch` of the nearest folder upward of the working directory that has `node_modules`, else `aiwatch` in the
   * system's folder for temporary files
   */
  readonly directory?: string;
}

/**
 * Writes the model unless it is there already, and gives the file's absolute path. The name holds a hash of the bytes: building takes less time
 * than loading, and a file of another recipe is never served.
 */
export async function ensureTinyModel(options: EnsureTinyModelOptions = {}): Promise<string> {
  const { variant } = resolveOptions(options);
  const bytes = buildTinyModel(options);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const path = join(resolve(options.directory ?? cacheDirectory()), `tiny-${variant}-${hash}.gguf`);
  if (!(await isThere(path, bytes.length))) await writeWhole(path, bytes);
  return path;
}

async function isThere(path: string, size: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && found.size === size;
}

/** Under a name of its own, then renamed: another process sees the whole file or none. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(resolve(path, ".."), { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const remedy = "give a folder that can be written";
    throw new TinyModelError("ERR_TINY_MODEL_WRITE", `cannot write ${JSON.stringify(path)}: ${remedy}`, { cause });
  }
}
