import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type BenchmarkName, benchmarkNames, benchmarks } from "./benchmarks/index.ts";
import { tokenChange } from "./benchmarks/token-change.ts";
import { type Benchmark, environment, environmentText, markdownTable, type Report } from "./report/table.ts";

export interface Options {
  readonly help: boolean;
  readonly quick: boolean;
  readonly only: readonly BenchmarkName[];
  /** Another checkout, built, with which a token and an inference are compared. */
  readonly against: string | undefined;
  /** Where the figures go as JSON. */
  readonly json: string | undefined;
}

export const help = `Measures what observing costs, and prints tables in Markdown. Takes about five minutes.

Usage: npm run bench -- [options]

  --only <name>  run this one alone; can be given several times: ${benchmarkNames.join(", ")}
  --against <checkout>
                 what observing adds to a token and to an inference, here and there, in one run, and nothing else;
                 the other checkout of this repository is to be built
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
      against: { type: "string" },
      json: { type: "string" },
    },
  });
  const { help, quick, only, against, json } = values;
  if (against !== undefined && only.length > 0) throw new Error("--against measures nothing else: leave --only out");
  return { help, quick, against, json, only: only.length === 0 ? benchmarkNames : only.map(benchmarkNamed) };
}

function benchmarkNamed(name: string): BenchmarkName {
  const found = benchmarkNames.find((known) => known === name);
  if (found !== undefined) return found;
  throw new Error(`--only is ${JSON.stringify(name)}: give one of ${benchmarkNames.join(", ")}`);
}

const progress = (line: string) => void process.stderr.write(`${line}\n`);

/** Those that are asked for, in their order, by the names that their figures have. */
function chosen({ only, against }: Options): (readonly [name: string, benchmark: Benchmark])[] {
  if (against !== undefined) return [["token-change", tokenChange(against)]];
  return only.map((name) => [name, benchmarks[name]]);
}

async function run(options: Options): Promise<void> {
  const { quick, json } = options;

  const machine = environment();
  process.stdout.write(`${environmentText(machine)}${quick ? ", few repetitions" : ""}\n`);
  const figures: Record<string, Report["figures"]> = {};
  for (const [name, benchmark] of chosen(options)) {
    const report = await benchmark({ quick, seed: 20_26, progress });
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
