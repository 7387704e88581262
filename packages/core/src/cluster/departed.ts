import { inTurns } from "../base/time.ts";
import type { MetricJson } from "../exposition/registry-metrics.ts";
import { addUp, type Snapshot } from "./aggregation.ts";

/**
 * What workers counted that are gone. Their successors begin at 0: without it each death would make the cluster's counters fall, which
 * Prometheus takes for a restart of everything, and counts everything again.
 */
export class Departed {
  #snapshots: readonly Snapshot[] = [];
  #compacting: Promise<void> | undefined;

  /** This list never changes: adding it up may take several turns. */
  get snapshots(): readonly Snapshot[] {
    return this.#snapshots;
  }

  add(snapshot: Snapshot): void {
    this.#snapshots = [...this.#snapshots, cumulative(snapshot)];
    this.#compacting ??= this.#compact().finally(() => {
      this.#compacting = undefined;
    });
  }

  /** A worker that dies again and again takes the place of one. */
  async #compact(): Promise<void> {
    while (this.#snapshots.length > 1) {
      const known = this.#snapshots;
      const one = await inTurns(addUp(known));
      this.#snapshots = [one, ...this.#snapshots.slice(known.length)];
    }
  }
}

/**
 * What stays true of a worker when it is gone or silent: what it counted. Its gauges are unknown then.
 */
export function cumulative(snapshot: Snapshot): Snapshot {
  return {
    *[Symbol.iterator]() {
      for (const metric of snapshot) {
        const { aggregator: rule = "sum" } = metric;
        if (rule !== "sum" && rule !== "max") continue;
        if (metric.type === "counter" || metric.type === "histogram") yield metric;
        if (metric.type === "summary") yield withoutQuantiles(metric);
      }
    },
  };
}

function withoutQuantiles(summary: MetricJson): MetricJson {
  return { ...summary, values: (summary.values ?? []).filter(({ metricName }) => metricName !== undefined) };
}
