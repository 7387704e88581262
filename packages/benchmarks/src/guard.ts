/**
 * Prints what a request and an import allocate, and fails where that is more than its bound: the goal, or what was reached so far where the goal is
 * missed. Memory repeats on every machine; times do not.
 */
import { importCost, importGoals, tableOf } from "./benchmarks/import.ts";
import { boundBytes, bytesTable } from "./benchmarks/request.ts";
import { bytesPerRequest } from "./http/in-process-rounds.ts";
import { frameworks } from "./http/stacks.ts";
import { markdownTable } from "./report/table.ts";

const stacks = ["bare", "metrics", "signals"] as const;

function judge(what: string, figure: number, bound: number | undefined): void {
  if (bound === undefined || figure <= bound) return;
  process.stderr.write(`${what}: ${figure.toFixed(1)} is above ${bound}\n`);
  process.exitCode = 1;
}

for (const framework of frameworks) {
  const bytes = await bytesPerRequest(framework, stacks);
  process.stdout.write(`${markdownTable(bytesTable(framework, bytes, stacks))}\n\n`);
  for (const stack of stacks)
    judge(`bytes that a request adds, ${framework}, ${stack}`, bytes[stack] - bytes.bare, boundBytes[framework][stack]);
}

const imported = await importCost(7, 20_26);
process.stdout.write(`${markdownTable(tableOf(imported))}\n`);
const added = imported.express.megabytes - imported["prom-client"].megabytes;
judge("MB that an import of core and its door for Express adds", added, importGoals.megabytes);
