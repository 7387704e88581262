#!/usr/bin/env node
// Fetches the programs that CI's real tests need, so that they find them: fetch-tools.js. What cannot be had it leaves to the tests that need it,
// which say so.
import { nodeRelease } from "../src/npm/npm-install.ts";
import { fetchTool } from "../src/tools/fetch-tool.ts";

for (const major of [20, 24, 22]) await nodeRelease(major).catch(() => undefined);
for (const name of ["chromium", "llama-server", "prometheus", "openmetrics-parser", "alertmanager"])
  await fetchTool(name);
