#!/usr/bin/env node
// Says what core and its door for Express weigh in an app, with their dependencies and without their peers, and fails above what was reached:
// check-bundle.js [FOLDER OF THE WORKSPACE]. Build first.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { bundledBytes } from "./bundled-bytes.js";

/** kB, minified and compressed. The goal is missed (docs/benchmarks.md says why): the bound is what was reached, so that nothing comes on top unseen. */
const goal = 30;
const bound = 64.2;

const root = resolve(process.argv[2] ?? ".");
const { name, peerDependencies } = JSON.parse(readFileSync(join(root, "packages/core/package.json"), "utf8"));
const modules = [name, `${name}/express`];
for (const format of ["esm", "cjs"]) {
  const bytes = await bundledBytes({ modules, format, external: Object.keys(peerDependencies), resolveDir: root });
  const isOver = bytes > bound * 1000;
  console.log(
    `${isOver ? "OVER" : "ok  "} ${modules.join(" + ")}, ${format}: ${(bytes / 1000).toFixed(1)} kB min+gzip, bound ${bound}, goal ${goal}`,
  );
  if (isOver) process.exitCode = 1;
}
