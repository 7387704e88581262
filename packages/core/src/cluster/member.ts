import type { AiwatchHost } from "../aiwatch/host.ts";
import { processWide } from "../base/process-wide.ts";
import type { ChatsPart } from "../chats/chat-board.ts";
import type { MetricJson, MetricsSource } from "../exposition/registry-metrics.ts";
import type { MetricsRegistry } from "../instruments/registry.ts";
import type { SummaryPart } from "../summary/summary-part.ts";
import type { SummarySource } from "../summary/summary-source.ts";
import { ChatsTopic } from "./chats-topic.ts";
import type { ParentTransport, Subject, WorkersTransport } from "./message.ts";
import { MetricsTopic } from "./metrics-topic.ts";
import { Parent } from "./parent.ts";
import { SummaryTopic } from "./summary-topic.ts";
import type { Membership, Topic } from "./topic.ts";
import { Workers } from "./workers.ts";

/** Whom a member of a cluster is connected to. */
export interface Neighbours {
  /** Absent in the one member that answers for all. */
  readonly parent?: ParentTransport | undefined;
  readonly workers: readonly WorkersTransport[];
}

/** A process's or a thread's part in a cluster. */
export class ClusterMember implements Membership, MetricsSource, SummarySource {
  readonly aiwatch: AiwatchHost;
  readonly timeoutMs: number;
  readonly parent: Parent | undefined;
  readonly workers: Workers;
  readonly #metrics: MetricsTopic;
  readonly #summary: SummaryTopic;
  readonly #chats: ChatsTopic;

  constructor(aiwatch: AiwatchHost, timeoutMs: number, { parent, workers }: Neighbours) {
    const { diagnostics, clock } = aiwatch;
    this.aiwatch = aiwatch;
    this.timeoutMs = timeoutMs;
    this.#metrics = new MetricsTopic(this);
    this.#summary = new SummaryTopic(this);
    this.#chats = new ChatsTopic(this);
    this.workers = new Workers({
      transports: workers,
      diagnostics,
      clock,
      gather: (subject) => this.#topic(subject).tell(),
      departed: (last) => {
        for (const topic of [this.#metrics, this.#summary, this.#chats]) topic.departed(last);
      },
    });
    const sources = { metrics: numberOf(aiwatch.registry), summary: numberOf(aiwatch), chats: numberOf(aiwatch) };
    this.parent =
      parent && new Parent(parent, { timeoutMs, diagnostics, sources, collect: (of) => this.#topic(of).collect() });
  }

  /** Of an instance that stood in, it becomes the app's own. */
  get registry(): MetricsRegistry {
    return this.aiwatch.registry;
  }

  /** The metrics of the whole cluster, added up. @throws AiwatchError `AIWATCH_CLUSTER_TIMEOUT` in a worker whose parent does not answer */
  gather(): Promise<readonly MetricJson[]> {
    return this.#metrics.gather();
  }

  /** The summary of the whole cluster. @throws as `gather` does */
  gatherSummary(): Promise<SummaryPart> {
    return this.#summary.gather();
  }

  /** The chats of the whole cluster. @throws as `gather` does */
  gatherChats(): Promise<ChatsPart> {
    return this.#chats.gather();
  }

  /** Hands over what was counted since the last scrape, then hears and says nothing more. */
  async leave(): Promise<void> {
    try {
      await this.parent?.leave();
    } finally {
      this.workers.close();
    }
  }

  #topic<Of extends Subject>(subject: Of): Topic<Of> {
    const topics: { readonly [Each in Subject]: Topic<Each> } = {
      metrics: this.#metrics,
      summary: this.#summary,
      chats: this.#chats,
    };
    return topics[subject];
  }
}

const numbers = processWide("@aiwatch/core/cluster-sources", 1, () => ({
  last: 0,
  known: new WeakMap<object, number>(),
}));

/** In this process, for as long as it lives. */
function numberOf(source: object): number {
  const all = numbers();
  const known = all.known.get(source);
  if (known !== undefined) return known;
  all.last += 1;
  all.known.set(source, all.last);
  return all.last;
}
