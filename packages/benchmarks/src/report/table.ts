import { cpus } from "node:os";
import type { Estimate } from "../measure/statistics.ts";

/** What the figures depend on. */
export interface Environment {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly date: string;
}

export function environment(): Environment {
  const cores = cpus();
  return {
    node: process.version,
    cpu: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    date: new Date().toISOString().slice(0, 10),
  };
}

export function environmentText({ node, cpu, cores, date }: Environment): string {
  return `Node.js ${node}, ${cpu}, ${cores} cores, ${date}`;
}

/** A figure with as many decimals as are given, and its interval. */
export function estimateTexts({ value, low, high }: Estimate, decimals: number): [value: string, interval: string] {
  return [value.toFixed(decimals), `${low.toFixed(decimals)} … ${high.toFixed(decimals)}`];
}

/** A table of texts; every row has a cell for each column. */
export interface Table {
  /** Tells it from its neighbours, where there are any. */
  readonly caption?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The table in Markdown, its columns aligned; the first one to the left, figures to the right. */
export function markdownTable({ caption, columns, rows }: Table): string {
  const cells = [columns, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = columns.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => lineOf(widths.map((width, column) => pad(row[column] ?? "", width, column))));
  const rule = lineOf(widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)));
  return [...(caption === undefined ? [] : [`${caption}:`, ""]), lines[0], rule, ...lines.slice(1)].join("\n");
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

export interface Settings {
  /** Fewer repetitions: to see that it works, not to quote. */
  readonly quick: boolean;
  /** Of the random orders and of the resampling. */
  readonly seed: number;
  readonly progress: (line: string) => void;
}

export interface Report {
  readonly title: string;
  /** How the figures came about, in a sentence or two. */
  readonly method: string;
  readonly tables: readonly Table[];
  /** The same figures for programs: numbers, unrounded. */
  readonly figures: Readonly<Record<string, unknown>>;
}

/** One benchmark: it starts what it measures, and stops it. */
export type Benchmark = (settings: Settings) => Promise<Report>;
