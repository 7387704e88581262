import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type BenchmarkName, benchmarkNames, benchmarks } from "./benchmarks/index.ts";
import { environment, environmentText, markdownTable, type Report } from "./report/table.ts";

export interface Options {
  readonly help: boolean;
  readonly quick: boolean;
  readonly only: readonly BenchmarkName[];
  /** Where the figures go as JSON. */
  readonly json: string | undefined;
}

export const help = `Measures what observing costs, and prints tables in Markdown. Takes about five minutes.

Usage: npm run bench -- [options]

  --only <name>  run this one alone; can be given several times: ${benchmarkNames.join(", ")}
  --quick        fewer repetitions: shows that it works, and is not to be quoted
  --json <file>  write the figures, unrounded, to a file too
  --help         show this text
`;

/** @throws Error for what is no option, or names no benchmark */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
    },
  });
  const { help, quick, only, json } = values;
  return { help, quick, json, only: only.length === 0 ? benchmarkNames : only.map(benchmarkNamed) };
}

function benchmarkNamed(name: string): BenchmarkName {
  const found = benchmarkNames.find((known) => known === name);
  if (found !== undefined) return found;
  throw new Error(`--only is ${JSON.stringify(name)}: give one of ${benchmarkNames.join(", ")}`);
}

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
