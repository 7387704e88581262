import { writeFile } from "node:fs/promises";
import type { Report } from "./benchmarks/benchmark.ts";
import { benchmarks } from "./benchmarks/index.ts";
import { help, type Options, readOptions } from "./options.ts";
import { environment, environmentText } from "./report/environment.ts";
import { markdownTable } from "./report/table.ts";

const progress = (line: string) => void process.stderr.write(`${line}\n`);

async function run({ only, quick, json }: Options): Promise<void> {
  const machine = environment();
  process.stdout.write(`${environmentText(machine)}${quick ? ", few repetitions" : ""}\n`);
  const figures: Record<string, Report["figures"]> = {};
  for (const name of only) {
    const report = await benchmarks[name]({ quick, seed: 20_26, progress });
    figures[name] = report.figures;
    const tables = report.tables.map(markdownTable).join("\n\n");
    process.stdout.write(`\n## ${report.title}\n\n${report.method}\n\n${tables}\n`);
  }
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ ...machine, quick, figures }, undefined, 2)}\n`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(help);
  else await run(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
