#!/usr/bin/env node
// Sums vitest's JSON reports into one line: sum-results.js REPORT... -> "12 passed, 0 failed, 1 skipped"
// The line is the last one; what failed is named before it, since the run itself said so thousands of lines ago.
// The code is 1 when anything failed, when a file broke outside of its tests, and when a report is missing or has no
// tests. Errors that no test caught (unhandled rejections) are not in vitest's reports: they are in its exit code.
import { readFileSync } from "node:fs";
import { relative } from "node:path";

const totals = { passed: 0, failed: 0, skipped: 0 };
const paths = process.argv.slice(2);
if (paths.length === 0) fault("no report was named");
for (const path of paths) {
  try {
    add(JSON.parse(readFileSync(path, "utf8")).testResults ?? [], path);
  } catch (error) {
    fault(`${path}: ${error.message}`);
  }
}
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exitCode = totals.failed > 0 ? 1 : 0;

function add(files, path) {
  if (files.length === 0) fault(`${path}: it holds no tests`);
  for (const file of files) {
    const statuses = file.assertionResults.map(({ status }) => status);
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      if (status === "failed")
        console.log(`FAILED  ${relative("", file.name)}: ${fullName}\n${failureMessages.join("\n")}`);
    }
    const failed = statuses.filter((status) => status === "failed").length;
    const passed = statuses.filter((status) => status === "passed").length;
    totals.failed += failed;
    totals.passed += passed;
    totals.skipped += statuses.length - failed - passed;
    if (file.status === "failed" && failed === 0)
      fault(`${file.name}: ${file.message || "it broke outside its tests"}`);
  }
}

function fault(message) {
  console.error(`sum-results: ${message}`);
  totals.failed += 1;
}
