/** Loads every entry of the packages that are its arguments, in each format that `exports` declares, and writes what it found as JSON. */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";

const require = createRequire(import.meta.url);
const found = {};
for (const name of process.argv.slice(2)) {
  const manifest = require.resolve(`${name}/package.json`);
  for (const [path, target] of Object.entries(require(manifest).exports)) {
    for (const entry of expand(path, target, dirname(manifest)))
      found[name + entry.slice(1)] = await load(name + entry.slice(1), target);
  }
}
process.stdout.write(`${JSON.stringify(found)}\n`);

/** The names that an entry exports, by format; of one that is no code only what it says. */
async function load(entry, target) {
  if (typeof target === "string") return { data: entry.endsWith(".json") ? require(entry) : require.resolve(entry) };
  const names = (exported) =>
    Object.keys(exported)
      .filter((name) => !["default", "module.exports", "__esModule"].includes(name))
      .sort();
  return { import: names(await import(entry)), ...("require" in target && { require: names(require(entry)) }) };
}

/** A pattern stands for the files that it fits. */
function expand(path, target, folder) {
  if (!path.includes("*")) return [path];
  const [before, after] = target.slice(2).split("*");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => `${file.parentPath}/${file.name}`.slice(folder.length + 1))
    .filter((file) => file.startsWith(before) && file.endsWith(after));
  return files.map((file) => path.replace("*", file.slice(before.length, file.length - after.length)));
}
