import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { folder } from "./grafana-json.ts";
import { manifestsOf } from "./kubernetes/manifests.ts";
import { persesFiles } from "./perses/index.ts";
import { renderAll } from "./render.ts";
import { rulesFile, rulesFor, rulesYaml } from "./rules/index.ts";

interface MadeFile {
  readonly path: string;
  readonly text: string;
}

/** All that is made from the sources and committed. */
function madeFiles(): MadeFile[] {
  const dashboards = renderAll();
  const rules = rulesYaml(rulesFor());
  return [
    ...dashboards.map(({ file, json }) => ({ path: join(folder, file), text: json })),
    { path: rulesFile, text: rules },
    ...manifestsOf(dashboards),
    ...persesFiles(dashboards),
  ];
}

/**
 * Writes the dashboards' JSON for Grafana and for Perses, the rules' YAML and the manifests that hold them; with `--check` writes nothing and
 * fails when a file is not what the source builds.
 * Run it as `npm run generate` or `npm run check`.
 */
async function check(): Promise<void> {
  for (const { path, text } of madeFiles()) {
    if ((await readFile(path, "utf8").catch(() => undefined)) === text) continue;
    process.stderr.write(`${relative(process.cwd(), path)} is not what the source builds: npm run generate\n`);
    process.exitCode = 1;
  }
}

async function write(): Promise<void> {
  for (const { path, text } of madeFiles()) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

await (process.argv.includes("--check") ? check() : write());
