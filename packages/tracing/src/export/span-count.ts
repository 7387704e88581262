import { reportDroppedSpans } from "@aiwatch/core/adapter";
import type { SpanProcessorLike } from "../options.ts";

/** Where the spans are that are on their way, and how many were lost. */
export class SpanCount {
  #dropped = 0;
  #queued = 0;
  #handedOver = 0;
  #underWay = 0;
  #waits: { readonly until: number; readonly resolve: () => void }[] = [];

  /** Lost for good: the queue was full, the collector did not take them, or the process had no time left. */
  get dropped(): number {
    return this.#dropped;
  }

  drop(spans: number): void {
    if (spans === 0) return;
    this.#dropped += spans;
    reportDroppedSpans(spans);
  }

  /** In the batch processor's hands. */
  get waiting(): number {
    return this.#queued - this.#handedOver;
  }

  /** Queued and under way: what is in memory. */
  get held(): number {
    return this.waiting + this.#underWay;
  }

  queue(): void {
    this.#queued += 1;
  }

  /** The exporter has them. */
  handOver(spans: number): void {
    this.#underWay += spans;
    this.#pass(spans);
  }

  /** What the exporter had has arrived. */
  arrive(spans: number): void {
    this.#underWay -= spans;
  }

  /** What the exporter had is lost. */
  lose(spans: number): void {
    this.#underWay -= spans;
    this.drop(spans);
  }

  /** What is queued will not be handed over any more. */
  dropWaiting(): void {
    const { waiting } = this;
    this.drop(waiting);
    this.#pass(waiting);
  }

  /** Resolves when what is queued now was handed over: the SDK holds a batch back until it knows its resource, and waits for none of them. */
  async allHandedOver(): Promise<void> {
    if (this.waiting === 0) return;
    const until = this.#queued;
    await new Promise<void>((resolve) => this.#waits.push({ until, resolve }));
  }

  #pass(spans: number): void {
    this.#handedOver += spans;
    const isDone = ({ until }: { readonly until: number }) => until <= this.#handedOver;
    const done = this.#waits.filter(isDone);
    this.#waits = this.#waits.filter((wait) => !isDone(wait));
    for (const { resolve } of done) resolve();
  }
}

/** Whether a span has ended since the last flush: the given processors do not say whether they hold one back. */
export class Unflushed implements SpanProcessorLike {
  any = false;

  clear(): void {
    this.any = false;
  }

  onStart(): void {}

  onEnd(): void {
    this.any = true;
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
