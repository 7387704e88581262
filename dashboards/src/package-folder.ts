import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's own folder: where `package.json` is, above `src` as above `dist`. */
export const packageFolder: string = findUp(dirname(fileURLToPath(import.meta.url)));

function findUp(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error("@aiwatch/dashboards has no package.json above its code: install it again");
  return findUp(above);
}

const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as {
  readonly name: string;
  readonly version: string;
};

/**
 * The repository's files as they were at this release: what they say fits what is installed, now and years later. Where a fork has its own
 * repository, this is the one place to change.
 */
export const repositoryBlob: string = `https://github.com/aiwatch/aiwatch/blob/${manifest.name}@${manifest.version}`;

/** A dashboard as it is in its file, which is what Grafana takes. */
export interface BoardFile {
  readonly uid: string;
  readonly title: string;
  readonly [field: string]: unknown;
}

/** The dashboards that the package ships, by uid. */
export async function shippedBoards(): Promise<BoardFile[]> {
  const folder = join(packageFolder, "grafana/dashboards");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8")) as BoardFile));
}
