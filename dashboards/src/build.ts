import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Manifest, renderManifests } from "./kubernetes/manifests.ts";
import { renderAll } from "./render.ts";

/**
 * Writes the dashboards' JSON and the manifests that are made from them and from the rules; with `--check` writes nothing and fails when a
 * file is not what the source builds. Run it as `npm run generate` or `npm run check`.
 */
const root = fileURLToPath(new URL("..", import.meta.url));

const dashboards = (): Manifest[] =>
  renderAll().map(({ file, json }) => ({ path: `grafana/dashboards/${file}`, text: json }));

async function check({ path, text }: Manifest): Promise<void> {
  const committed = await readFile(root + path, "utf8").catch(() => undefined);
  if (committed === text) return;
  process.stderr.write(`${path} is not what the source builds: npm run generate\n`);
  process.exitCode = 1;
}

const write = ({ path, text }: Manifest) => writeFile(root + path, text);

const perform = process.argv.includes("--check") ? check : write;
for (const file of dashboards()) await perform(file);
for (const file of await renderManifests()) await perform(file);
