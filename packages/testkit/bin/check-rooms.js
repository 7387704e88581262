#!/usr/bin/env node
// Says how fine each room is cut, in files for 1,000 lines, and fails where one is finer than it may be: check-rooms.js [ROOT].
// With --write it brings the map in CONTRIBUTING.md up to what the sources import.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { coreImports, densityOf, isTooFine, roomsOf, withTabledImports } from "../src/rooms/rooms.ts";

/** Rooms that are still to be merged by idea. */
const allowed = new Set(readFileSync(new URL("./rooms-to-merge.txt", import.meta.url), "utf8").match(/^[\w/-]+/gm));

const [root = "."] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
if (process.argv.includes("--write")) writeMap(resolve(root));

for (const room of roomsOf(resolve(root))) {
  const figures = `${room.files.length} files, ${room.lines} lines, ${densityOf(room).toFixed(1)} files for 1,000 lines`;
  const verdict = isTooFine(room) ? (allowed.has(room.name) ? "to merge" : "TOO FINE") : "ok";
  if (room.files.length > 0) console.log(`${verdict.padEnd(8)} ${room.name}: ${figures}`);
  if (verdict === "TOO FINE") process.exitCode = 1;
}

function writeMap(folder) {
  const map = join(folder, "CONTRIBUTING.md");
  writeFileSync(map, withTabledImports(readFileSync(map, "utf8"), coreImports(folder)));
}
