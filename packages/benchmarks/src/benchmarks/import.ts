import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { interleave, type Round, seededRandom } from "../measure/pairs.ts";
import { median } from "../measure/statistics.ts";
import type { Benchmark, Table } from "../report/table.ts";

const run = promisify(execFile);

/** What an app imports anyway, and what comes on top. */
const imports = {
  "prom-client": ["prom-client"],
  core: ["@aiwatch/core"],
  express: ["@aiwatch/core", "@aiwatch/core/express"],
} as const;

type Name = keyof typeof imports;
const names = Object.keys(imports) as Name[];

interface Imported {
  readonly millis: number;
  /** Of all threads: what a busy machine leaves as it is. */
  readonly cpuMillis: number;
  readonly megabytes: number;
}

/** Above prom-client alone, for core and its door for Express. The guard fails above the memory; a time is not for it. */
export const importGoals: Omit<Imported, "cpuMillis"> = { millis: 40, megabytes: 8 };

/** What an import takes in a process that has just started: the medians of some processes. */
export async function importCost(processes: number, seed: number): Promise<Readonly<Record<Name, Imported>>> {
  const rounds = await interleave(names, processes, seededRandom(seed), importOnce);
  const of = (name: Name) => ({
    millis: medianOf(rounds, name, "millis"),
    cpuMillis: medianOf(rounds, name, "cpuMillis"),
    megabytes: medianOf(rounds, name, "megabytes"),
  });
  return { "prom-client": of("prom-client"), core: of("core"), express: of("express") };
}

function medianOf(rounds: readonly Round<Name, Imported>[], name: Name, figure: keyof Imported): number {
  return median(rounds.map((round) => round[name][figure]));
}

async function importOnce(name: Name): Promise<Imported> {
  const program = [
    "const [startedAt, before] = [performance.now(), process.cpuUsage()];",
    ...imports[name].map((module) => `await import("${module}");`),
    "const millis = performance.now() - startedAt;",
    "const { user, system } = process.cpuUsage(before);",
    "gc();",
    "const megabytes = process.memoryUsage.rss() / 1e6;",
    "console.log(JSON.stringify({ millis, cpuMillis: (user + system) / 1000, megabytes }));",
  ];
  const args = ["--expose-gc", "--input-type=module", "--eval", program.join("\n")];
  const { stdout } = await run(process.execPath, args, { cwd: fileURLToPath(new URL("..", import.meta.url)) });
  return JSON.parse(stdout);
}

/** How long an app's start waits for us, and what it holds from then on. */
export const importing: Benchmark = async ({ quick, seed, progress }) => {
  progress("import");
  const processes = quick ? 5 : 15;
  const figures = await importCost(processes, seed);
  return {
    title: "An import",
    method: `Time, CPU time, and the memory of the process behind it, of an import in ${processes} processes that were just started, taking turns; medians.`,
    tables: [tableOf(figures)],
    figures,
  };
};

export function tableOf(figures: Readonly<Record<Name, Imported>>): Table {
  const { millis, cpuMillis, megabytes } = figures["prom-client"];
  return {
    columns: ["", "ms", "added", "goal", "CPU ms", "added", "MB", "added", "goal"],
    rows: names.map((name) => {
      const figure = figures[name];
      const isAdded = name !== "prom-client";
      const hasGoal = name === "express";
      return [
        imports[name].join(" and "),
        figure.millis.toFixed(0),
        isAdded ? (figure.millis - millis).toFixed(0) : "",
        hasGoal ? `≤ ${importGoals.millis}` : "",
        figure.cpuMillis.toFixed(0),
        isAdded ? (figure.cpuMillis - cpuMillis).toFixed(0) : "",
        figure.megabytes.toFixed(1),
        isAdded ? (figure.megabytes - megabytes).toFixed(1) : "",
        hasGoal ? `≤ ${importGoals.megabytes}` : "",
      ];
    }),
  };
}
