import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** By package: its versions in an app's tree, one for each copy. */
export async function installedCopies(
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const files = await readdir(folder, { recursive: true });
  const copies = names.map(async (name): Promise<[string, string[]]> => {
    const manifest = join("node_modules", name, "package.json");
    const manifests = files.filter((file) => file === manifest || file.endsWith(join("/", manifest)));
    const versions = manifests.map(async (file) => JSON.parse(await readFile(join(folder, file), "utf8")).version);
    return [name, await Promise.all(versions)];
  });
  return new Map(await Promise.all(copies));
}
