import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { folder } from "./grafana-json.ts";
import { type RenderedDashboard, renderAll } from "./render.ts";

/**
 * Writes the dashboards' JSON; with `--check` writes nothing and fails when a file is not what the source builds.
 * Run it as `npm run generate` or `npm run check`.
 */
async function isStale({ file, json }: RenderedDashboard): Promise<boolean> {
  const committed = await readFile(join(folder, file), "utf8").catch(() => undefined);
  return committed !== json;
}

async function check(dashboards: readonly RenderedDashboard[]): Promise<void> {
  for (const dashboard of dashboards) {
    if (!(await isStale(dashboard))) continue;
    process.stderr.write(`${dashboard.file} is not what the source builds: npm run generate\n`);
    process.exitCode = 1;
  }
}

async function write(dashboards: readonly RenderedDashboard[]): Promise<void> {
  for (const { file, json } of dashboards) await writeFile(join(folder, file), json);
}

await (process.argv.includes("--check") ? check : write)(renderAll());
