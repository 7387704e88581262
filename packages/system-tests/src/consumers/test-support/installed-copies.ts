import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The versions of a package in an app's tree, one for each copy. */
export async function installedCopies(folder: string, name: string): Promise<string[]> {
  const manifest = join("node_modules", name, "package.json");
  const files = await readdir(folder, { recursive: true });
  const manifests = files.filter((file) => file === manifest || file.endsWith(join("/", manifest)));
  return Promise.all(manifests.map(async (file) => JSON.parse(await readFile(join(folder, file), "utf8")).version));
}
