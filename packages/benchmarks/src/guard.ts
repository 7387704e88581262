/** Prints what a request allocates over bare, and fails where that is more than its goal. Bytes repeat on every machine; times do not. */
import { bytesTable, goalBytes } from "./benchmarks/request.ts";
import { bytesPerRequest } from "./http/in-process-rounds.ts";
import { frameworks } from "./http/stacks.ts";
import { markdownTable } from "./report/table.ts";

const stacks = ["bare", "metrics", "signals"] as const;

for (const framework of frameworks) {
  const bytes = await bytesPerRequest(framework, stacks);
  process.stdout.write(`${markdownTable(bytesTable(framework, bytes, stacks))}\n\n`);
  for (const stack of stacks) {
    const goal = goalBytes[framework][stack];
    const added = bytes[stack] - bytes.bare;
    if (goal === undefined || added <= goal) continue;
    process.stderr.write(`${framework}, ${stack}: a request adds ${added.toFixed(0)} bytes, and may add ${goal}\n`);
    process.exitCode = 1;
  }
}
