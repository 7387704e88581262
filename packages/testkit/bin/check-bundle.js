#!/usr/bin/env node
// Says what core and its door for Express weigh in an app, with their dependencies and without their peers, and fails above the goal:
// check-bundle.js [FOLDER OF THE WORKSPACE]. Build first.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { bundledBytes } from "./bundled-bytes.js";

/** kB, minified and compressed. */
const goal = 30;

const root = resolve(process.argv[2] ?? ".");
const { name, peerDependencies } = JSON.parse(readFileSync(join(root, "packages/core/package.json"), "utf8"));
const modules = [name, `${name}/express`];
for (const format of ["esm", "cjs"]) {
  const bytes = await bundledBytes({ modules, format, external: Object.keys(peerDependencies), resolveDir: root });
  const isOver = bytes > goal * 1000;
  console.log(
    `${isOver ? "OVER" : "ok  "} ${modules.join(" + ")}, ${format}: ${(bytes / 1000).toFixed(1)} kB min+gzip, goal ${goal}`,
  );
  if (isOver) process.exitCode = 1;
}
