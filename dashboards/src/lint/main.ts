import { readCommitted } from "./committed.ts";
import { findingsIn } from "./sources.ts";

/** Judges the committed dashboards and rules: writes a line for each finding, and fails when there is one. */
const findings = findingsIn(await readCommitted());
for (const finding of findings) process.stderr.write(`${finding}\n`);
if (findings.length > 0) process.exitCode = 1;
