import { parseArgs } from "node:util";
import { type BenchmarkName, benchmarkNames } from "./benchmarks/index.ts";

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
