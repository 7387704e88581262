import { type Aiwatch, catalogue, createAiwatch } from "@aiwatch/core";
import { createLogger, logTo } from "@aiwatch/logging";
import { Registry } from "prom-client";
import { startDroppedSpans } from "../observing/dropped-spans.ts";
import { nullLog } from "./null-log.ts";
import { assertRecorded, type ObservedStack, type Recorded } from "./stacks.ts";

/** An instance for a server, whose faults are none to measure. */
export interface ObservedServer {
  readonly aiwatch: Aiwatch;
  check(expected: number): Promise<void>;
}

/** Metrics, and what else the stack has: a line, a sampled span for each request. */
export function observe(stack: ObservedStack): ObservedServer {
  const spans = stack === "spans" || stack === "signals" ? startDroppedSpans() : undefined;
  const log = stack === "lines" || stack === "signals" ? nullLog() : undefined;
  const observers = log === undefined ? [] : [logTo(createLogger({ destination: log.stream }))];
  return observed(observers, async () => ({
    ...(log !== undefined && { lines: log.lines() }),
    ...(spans !== undefined && { spans: await spans.servers() }),
  }));
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
