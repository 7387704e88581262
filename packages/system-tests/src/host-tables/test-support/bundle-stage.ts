import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll } from "vitest";

const entry = fileURLToPath(new URL("stage/main.ts", import.meta.url));
/** Beside what was built: it is found from there as from an app. */
const cache = fileURLToPath(new URL("../../../.cache", import.meta.url));

/** Makes plain JavaScript of what serves, for every release of Node. Packages stay what an app finds. */
export async function bundleStage(): Promise<string> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "host-tables-"));
  afterAll(() => rm(folder, { recursive: true }));
  const outfile = join(folder, "stage.mjs");
  const options = { bundle: true, platform: "node", target: "node20", format: "esm", packages: "external" } as const;
  await build({ ...options, entryPoints: [entry], outfile, sourcemap: "inline", logLevel: "silent" });
  return outfile;
}
