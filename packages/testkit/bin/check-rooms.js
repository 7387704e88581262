#!/usr/bin/env node
// Says how fine each room is cut, in files for 1,000 lines, and fails where one is finer than it may be: check-rooms.js [ROOT].
// With --write it brings the map in CONTRIBUTING.md up to what the sources import.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { coreImports, densityOf, isTooFine, roomsOf, withTabledImports } from "../src/rooms/rooms.ts";

const [root = "."] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
if (process.argv.includes("--write")) writeMap(resolve(root));

for (const room of roomsOf(resolve(root))) {
  const figures = `${room.files.length} files, ${room.lines} lines, ${densityOf(room).toFixed(1)} files for 1,000 lines`;
  if (room.files.length > 0) console.log(`${(isTooFine(room) ? "TOO FINE" : "ok").padEnd(8)} ${room.name}: ${figures}`);
  if (isTooFine(room)) process.exitCode = 1;
}

function writeMap(folder) {
  const map = join(folder, "CONTRIBUTING.md");
  writeFileSync(map, withTabledImports(readFileSync(map, "utf8"), coreImports(folder)));
}
