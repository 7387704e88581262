import { TraceFlags } from "@opentelemetry/api";
import type { SpanProcessorLike } from "../options.ts";
import type { SpanCount } from "./span-count.ts";

/** What is read of an ended span. */
interface EndedSpan {
  spanContext(): { readonly traceFlags: number };
}

/** The SDK's default. */
const defaultQueueSize = 2_048;

/** A whole queue may be under way, as after a flush, while the next one fills. */
const queues = 2;

/**
 * Counts the spans that the queue has no room for. The SDK's processor bounds its queue by itself, and tells nobody what that cost: this one
 * keeps the same bound before it. It also bounds what is under way, which the SDK does not.
 */
export function boundedProcessor(
  batch: SpanProcessorLike,
  maxQueueSize: number = defaultQueueSize,
  count: SpanCount,
): SpanProcessorLike {
  let closed = false;
  return {
    onStart: (...args) => batch.onStart(...args),
    onEnd: (...args: never[]) => {
      const [span] = args as readonly unknown[] as readonly EndedSpan[];
      // one that is not sampled was never to be sent
      if (((span?.spanContext().traceFlags ?? 0) & TraceFlags.SAMPLED) === 0) return;
      if (closed || count.waiting >= maxQueueSize || count.held >= queues * maxQueueSize) {
        count.drop(1);
        return;
      }
      count.queue();
      batch.onEnd(...args);
    },
    forceFlush: () => batch.forceFlush(),
    shutdown: () => {
      closed = true;
      return batch.shutdown();
    },
  };
}
