import { once } from "node:events";
import fs from "node:fs";
import { type Aiwatch, catalogue, createAiwatch } from "@aiwatch/core";
import { createLogger, logTo } from "@aiwatch/logging";
import { destination } from "pino";
import { Registry } from "prom-client";
import { startDroppedSpans } from "../observing/conditions.ts";
import { assertRecorded, type Check, type Recorded } from "./stacks.ts";

/** An instance for a server, whose faults are none to measure. */
export interface ObservedServer {
  readonly aiwatch: Aiwatch;
  readonly check: Check;
}

/** Metrics alone, or all signals: metrics, a line and a sampled span for each request. */
export function observe(kind: "metrics" | "signals"): ObservedServer {
  if (kind === "metrics") return observed([], async () => ({}));
  const spans = startDroppedSpans();
  const log = nullLog({ sync: false });
  const logger = createLogger({ destination: log.stream });
  const lines = () => {
    logger.flush();
    return log.lines();
  };
  return observed([logTo(logger)], async () => ({ lines: await lines(), spans: await spans.servers() }));
}

/** @param others the counts of the signals beside the metrics */
export function observed(
  observers: readonly ReturnType<typeof logTo>[],
  others: () => Promise<Recorded>,
): ObservedServer {
  const faults: unknown[] = [];
  const registry = new Registry();
  const aiwatch = createAiwatch({ registry, observers, onDiagnostic: (fault) => faults.push(fault) });
  return {
    aiwatch,
    async check(expected) {
      if (faults.length > 0) throw new Error("AIWatch reported a fault", { cause: faults[0] });
      const { values = [] } = (await registry.getSingleMetric(catalogue.httpRequests.name)?.get()) ?? {};
      const metrics = values.reduce((sum, { value }) => sum + value, 0);
      assertRecorded({ metrics, ...(await others()) }, expected);
    },
  };
}

/**
 * A log that goes to the null device and counts its lines where the file system takes them: the stream stays as pino made it, by which loggers
 * know what they may do with it.
 *
 * @param options.sync each write waits for the device, as on standard output. @default true
 */
export function nullLog({ sync = true }: { readonly sync?: boolean } = {}) {
  let lines = 0;
  const stream = destination({ dest: "/dev/null", sync });
  // it opens its file later where it does not wait
  const opened = stream as unknown as { readonly fd: number };
  for (const name of ["write", "writeSync"] as const) {
    const write = fs[name] as (fd: number, text: unknown, ...rest: unknown[]) => unknown;
    const counting = (to: number, text: unknown, ...rest: unknown[]) => {
      if (to === opened.fd && typeof text === "string") lines += linesIn(text);
      return write(to, text, ...rest);
    };
    Object.assign(fs, { [name]: counting });
  }
  return {
    stream,
    async lines(): Promise<number> {
      if (opened.fd < 0) await once(stream, "ready");
      stream.flushSync();
      return lines;
    },
  };
}

function linesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

interface HistogramLike {
  get(): Promise<{ readonly values: readonly { readonly metricName?: string; readonly value: number }[] }>;
}

/** How often a histogram of prom-client, or of its like, was observed, its label sets together. */
export async function countObservations(metric: unknown): Promise<number> {
  const { values } = await (metric as HistogramLike).get();
  return values.reduce((sum, { metricName, value }) => (metricName?.endsWith("_count") ? sum + value : sum), 0);
}
