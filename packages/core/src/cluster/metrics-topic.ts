import { inTurns } from "../base/time.ts";
import { catalogue } from "../catalogue/index.ts";
import { collectMetrics, type MetricJson } from "../exposition/registry-metrics.ts";
import type { ClusterFigures } from "../summary/schema.ts";
import { addUp, type Snapshot } from "./aggregation.ts";
import { cumulative, Departed } from "./departed.ts";
import type { Pieces } from "./message.ts";
import { joined, type PackedMetric, piecesOf, unpack } from "./packed-metrics.ts";
import type { Heard, Peer } from "./peer.ts";
import { type Membership, shareOf, type Topic } from "./topic.ts";

/** The metrics of all members. */
export class MetricsTopic implements Topic<"metrics"> {
  readonly #member: Membership;
  readonly #departed = new Departed();

  constructor(member: Membership) {
    this.#member = member;
  }

  /** Added up. @throws AiwatchError `AIWATCH_CLUSTER_TIMEOUT` in a worker whose parent does not answer */
  async gather(): Promise<readonly MetricJson[]> {
    const { parent, timeoutMs, aiwatch } = this.#member;
    if (parent !== undefined) return await inTurns(joined(await parent.gather("metrics")));
    const snapshots = await this.#snapshots(timeoutMs, collectMetrics(aiwatch));
    return await inTurns(addUp(snapshots, ({ name }) => this.#reportUnknownRule(name)));
  }

  async tell(): Promise<Pieces<"metrics">> {
    return piecesOf(await this.gather());
  }

  /** One after another, not added up: a mean of means would be another one. */
  async collect(): Promise<Pieces<"metrics">> {
    const { workers, timeoutMs, aiwatch } = this.#member;
    const own = collectMetrics(aiwatch);
    if (workers.areNone && this.#departed.snapshots.length === 0) return piecesOf(await own);
    const snapshots = await this.#snapshots(shareOf(timeoutMs), own);
    return piecesOf(snapshots.flatMap((snapshot) => [...snapshot]));
  }

  departed(last: Peer["last"]): void {
    const metrics = last("metrics");
    if (metrics !== undefined) this.#departed.add(unpacked(metrics));
  }

  /** Everybody's, those of workers that are gone, too, with what they had counted. */
  async #snapshots(timeoutMs: number, own: Promise<Snapshot>): Promise<readonly Snapshot[]> {
    const polled = await this.#member.workers.poll("metrics", timeoutMs, own, below);
    return [
      ...polled.answers.map(unpacked),
      ...polled.before.map((heard) => cumulative(unpacked(heard))),
      polled.own,
      ...this.#departed.snapshots,
      [counted(polled.counts)],
    ];
  }

  #reportUnknownRule(name: string): void {
    const error = new RangeError(`${name} has an aggregator that prom-client does not have`);
    this.#member.aiwatch.diagnostics.fault("registry", `adding up the metric ${name}`, error);
  }
}

/** Kept as it came, and unpacked a metric at a time: it is the smaller, and work that can be interrupted. */
function unpacked({ parts }: Pick<Heard<"metrics">, "parts">): Snapshot {
  return {
    *[Symbol.iterator]() {
      for (const part of parts as readonly PackedMetric[]) yield unpack(part);
    },
  };
}

/** How many workers a worker that has some counted in its answer. */
function below({ parts }: Heard<"metrics">): number {
  const figures = parts.filter(({ name }) => name === catalogue.clusterWorkers.name);
  return figures.flatMap((part) => unpack(part).values).reduce((sum, { value }) => sum + value, 0);
}

/** What one answer for all is made of. */
function counted({ answered, silent }: ClusterFigures): MetricJson {
  const { name, help, type, aggregation } = catalogue.clusterWorkers;
  const values = [
    { labels: { state: "answered" }, value: answered },
    { labels: { state: "silent" }, value: silent },
  ];
  return { name, help, type, aggregator: aggregation, values };
}
