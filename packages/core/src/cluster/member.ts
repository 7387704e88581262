import type { AiwatchHost } from "../aiwatch/host.ts";
import { inTurns } from "../base/time.ts";
import { collectMetrics, type MetricJson, type MetricsSource } from "../exposition/registry-metrics.ts";
import type { MetricsRegistry } from "../instruments/registry.ts";
import { addUp } from "./aggregation.ts";
import type { ParentTransport, WorkersTransport } from "./message.ts";
import { Parent } from "./parent.ts";
import { Workers } from "./workers.ts";

/** Whom a member of a cluster is connected to. */
export interface Neighbours {
  /** Absent in the one member that answers for all. */
  readonly parent?: ParentTransport | undefined;
  readonly workers: readonly WorkersTransport[];
}

/** A process's or a thread's part in a cluster. */
export class ClusterMember implements MetricsSource {
  readonly #aiwatch: AiwatchHost;
  readonly #timeoutMs: number;
  readonly #parent: Parent | undefined;
  readonly #workers: Workers;

  constructor(aiwatch: AiwatchHost, timeoutMs: number, { parent, workers }: Neighbours) {
    const { diagnostics } = aiwatch;
    this.#aiwatch = aiwatch;
    this.#timeoutMs = timeoutMs;
    this.#workers = new Workers({ transports: workers, diagnostics, gather: () => this.gather() });
    const collect = () => this.#collect();
    this.#parent = parent && new Parent(parent, { timeoutMs, diagnostics, collect });
  }

  /** Of an instance that stood in, it becomes the app's own. */
  get registry(): MetricsRegistry {
    return this.#aiwatch.registry;
  }

  /**
   * The metrics of the whole cluster, added up.
   * @throws AiwatchError `AIWATCH_CLUSTER_TIMEOUT` in a worker whose parent does not answer
   */
  async gather(): Promise<readonly MetricJson[]> {
    if (this.#parent !== undefined) return await this.#parent.gather();
    const snapshots = await this.#workers.ask(this.#timeoutMs, collectMetrics(this.#aiwatch));
    return await inTurns(addUp(snapshots, ({ name }) => this.#reportUnknownRule(name)));
  }

  /** Hands over what was counted since the last scrape, then hears and says nothing more. */
  async leave(): Promise<void> {
    try {
      await this.#parent?.leave();
    } finally {
      this.#workers.close();
    }
  }

  /**
   * What this member answers to its parent: its own metrics and those of its workers, one after another. They are not added up here: a mean
   * of means would be another one.
   */
  async #collect(): Promise<readonly MetricJson[]> {
    const own = collectMetrics(this.#aiwatch);
    if (this.#workers.isAlone) return await own;
    // in half the time: the parent waits for this answer
    const snapshots = await this.#workers.ask(this.#timeoutMs / 2, own);
    return snapshots.flatMap((snapshot) => [...snapshot]);
  }

  #reportUnknownRule(name: string): void {
    const error = new RangeError(`${name} has an aggregator that prom-client does not have`);
    this.#aiwatch.diagnostics.fault("registry", `adding up the metric ${name}`, error);
  }
}
