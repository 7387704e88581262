import { createRequire } from "node:module";
import { join } from "node:path";

/** The format that packages are loaded in. */
const format = process.env["TABLE_FORMAT"] ?? "esm";
/** Folders with releases that the workspace does not have, by their names. */
const folders: Readonly<Record<string, string>> = JSON.parse(process.env["TABLE_FOLDERS"] ?? "{}");

const require = createRequire(import.meta.url);

/** Loads a package as an app of this format does. */
export async function load<Module>(name: string): Promise<Module> {
  return format === "cjs" ? require(name) : await import(name);
}

/** What a package of CommonJS exports, whichever format it is loaded in. */
export async function loadDefault<Exported>(name: string): Promise<Exported> {
  const loaded = await load<Exported | { readonly default: Exported }>(name);
  return typeof loaded === "object" && loaded !== null && "default" in loaded ? loaded.default : (loaded as Exported);
}

/** Loads a package's release from a folder of its own. */
export function loadFrom<Module>(folder: string, name: string): Module {
  const path = folders[folder];
  if (path === undefined) throw new Error(`there is no folder ${folder}`);
  return createRequire(join(path, "index.js"))(name);
}
