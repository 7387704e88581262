#!/usr/bin/env node
// All tests that need Node and npm alone: the sources first, which need no build, then what was built: test.js [VITEST'S ARGUMENTS].
// With arguments, which choose among the tests, only those of the sources.
import { spawnSync } from "node:child_process";

const chosen = process.argv.slice(2);
const areSourcesRight = npm("vitest", "--project=unit", ...chosen);
const isBuiltRight = chosen.length > 0 || npm("test:dist");
process.exitCode = areSourcesRight && isBuiltRight ? 0 : 1;

/** Whether the script succeeds. */
function npm(script, ...options) {
  return spawnSync("npm", ["run", "--silent", script, "--", ...options], { stdio: "inherit" }).status === 0;
}
