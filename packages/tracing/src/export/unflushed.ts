import type { SpanProcessorLike } from "../options.ts";

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
