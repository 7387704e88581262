import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** Where generated files are kept: `node_modules/.cache/aiwatch` of the nearest folder upward that has `node_modules`, else the system's. */
export function cacheDirectory(from: string = process.cwd()): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    if (existsSync(modules)) return join(modules, ".cache", "aiwatch");
    if (folder === dirname(folder)) return join(tmpdir(), "aiwatch");
  }
}
