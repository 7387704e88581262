#!/usr/bin/env node
// What the published packages weigh, as a table in Markdown: sizes.js [FOLDER OF THE WORKSPACE]. Build first.
// Packs core, installs it beside Express in a fresh app, and bundles it there as an app for Node would.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bundledBytes } from "./bundled-bytes.js";

const root = resolve(process.argv[2] ?? ".");
const core = join(root, "packages/core");
const { name, exports, dependencies = {}, peerDependencies = {} } = readJson(join(core, "package.json"));
const entries = Object.entries(exports)
  .filter(([, target]) => typeof target === "object")
  .map(([path]) => join(name, path));
const app = mkdtempSync(join(tmpdir(), "aiwatch-sizes-"));
try {
  const rows = [...distRows(), ...installRows(), ...(await bundleRows())];
  console.log("| what | kB |\n|---|--:|");
  for (const [what, value] of rows) console.log(`| ${what} | ${value} |`);
} finally {
  rmSync(app, { recursive: true });
}

function distRows() {
  const published = ["core", "logging", "tracing", "llamacpp", "openai", "browser"].map((folder) =>
    join(root, "packages", folder),
  );
  return published.flatMap((folder) => {
    const files = readdirSync(join(folder, "dist"));
    const row = (kind, pattern) => {
      const kept = files.filter((file) => pattern.test(file)).map((file) => join(folder, "dist", file));
      return [`${readJson(join(folder, "package.json")).name}, dist: ${kind}`, kB(sum(kept.map(bytesOf)))];
    };
    return [
      row("ES modules", /(?<!\.d)\.js$/),
      row("CommonJS", /(?<!\.d)\.cjs$/),
      row("declarations", /\.d\.c?ts(\.map)?$/),
    ];
  });
}

/** The peers come as npm chooses them, as for somebody who types `npm install @aiwatch/core`, and then `npm install express`. */
function installRows() {
  const tarball = join(app, npm(core, "pack", "--silent", "--pack-destination", app).trim());
  writeFileSync(join(app, "package.json"), "{}");
  return [
    [`${name}: tarball`, kB(bytesOf(tarball))],
    ["installed: core with its peers", installed(tarball)],
    ["installed: core and express", installed("express@5")],
  ];
}

function installed(what) {
  npm(app, "install", "--prefix", app, "--silent", "--prefer-offline", "--no-audit", "--no-fund", what);
  const modules = join(app, "node_modules");
  const { packages } = readJson(join(modules, ".package-lock.json"));
  return `${kB(bytesIn(modules))} in ${Object.keys(packages).length} packages`;
}

async function bundleRows() {
  const some = { "core + express": [name, `${name}/express`], "all entries": entries };
  const peers = Object.keys(peerDependencies);
  const externals = { "dependencies inside": peers, "dependencies outside": [...peers, ...Object.keys(dependencies)] };
  const rows = [];
  for (const [what, modules] of Object.entries(some)) {
    for (const format of ["esm", "cjs"]) {
      for (const [where, external] of Object.entries(externals)) {
        const bytes = await bundledBytes({ modules, format, external, resolveDir: app });
        rows.push([`${what}, min+gzip, ${format === "esm" ? "imported" : "required"}, ${where}`, kB(bytes)]);
      }
    }
  }
  return rows;
}

function npm(cwd, ...args) {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

function bytesIn(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return sum(files.map((file) => bytesOf(join(file.parentPath, file.name))));
}

function bytesOf(file) {
  return statSync(file).size;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

function kB(bytes) {
  return (bytes / 1000).toFixed(1);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
