import type { Benchmark } from "../report/table.ts";
import { clientCost } from "./client-cost.ts";
import { collector } from "./collector.ts";
import { heap } from "./heap.ts";
import { importing } from "./import.ts";
import { logLine } from "./log-line.ts";
import { requestBytes, requestSocket, requestTime } from "./request.ts";
import { scrape } from "./scrape.ts";
import { sessionRatio } from "./session-ratio.ts";
import { tokenCost } from "./token-cost.ts";

/** In the order in which they run, by the names of `--only`. */
export const benchmarks = {
  "token-cost": tokenCost,
  client: clientCost,
  "session-ratio": sessionRatio,
  "request-time": requestTime,
  "request-bytes": requestBytes,
  "request-socket": requestSocket,
  heap,
  import: importing,
  "log-line": logLine,
  scrape,
  collector,
} as const satisfies Readonly<Record<string, Benchmark>>;

export type BenchmarkName = keyof typeof benchmarks;

export const benchmarkNames = Object.keys(benchmarks) as BenchmarkName[];
