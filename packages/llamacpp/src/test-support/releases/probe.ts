/**
 * Run as a process of its own: plays every feature with the node-llama-cpp of the folder that is its argument, bare and observed by the
 * packages as they were built, and writes the `ProbeReport` as JSON. A second argument picks features by a part of their names.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { features } from "./features/index.ts";
import { play } from "./play.ts";
import type { Played, Way } from "./played.ts";
import { type Engine, engineOptions } from "./release-stage.ts";

const [, , folder = ".", only = ""] = process.argv;
const entry = createRequire(join(folder, "package.json")).resolve("node-llama-cpp");
const engine: Engine = await import(pathToFileURL(entry).href);
const llama = await engine.getLlama({ ...engineOptions, logLevel: engine.LlamaLogLevel.disabled });

const report: Record<string, Partial<Record<Way, Played>>> = {};
for (const feature of features.filter(({ name }) => name.includes(only))) {
  const runs: Partial<Record<Way, Played>> = {};
  for (const way of ["bare", ...(feature.ways ?? ["llama"])] as const) {
    runs[way] = await play(engine, llama, feature, way);
  }
  report[feature.name] = runs;
}
// not by llama.dispose(): early releases wait there for ever for a model that failed to load and was collected
process.stdout.write(JSON.stringify(report), () => process.exit(0));
