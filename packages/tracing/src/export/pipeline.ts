import { TraceFlags } from "@opentelemetry/api";
import type { SpanProcessorLike } from "../options.ts";
import type { Sdk } from "../sdk/load-sdk.ts";
import type { ExportSettings } from "../settings/tracing-settings.ts";
import { exportSockets } from "./connections.ts";
import { watchedExporter } from "./exporter.ts";
import { unrefRetries } from "./sdk-insides.ts";
import { SpanCount } from "./span-count.ts";

/** What stands between the spans and the collector: a bounded queue, the exporter, and the count of what was lost between them. */
export interface ExportPipeline {
  readonly processor: SpanProcessorLike;
  /** Spans that will never arrive. */
  dropped(): number;
  /** Spans that are queued or under way. */
  held(): number;
  /** Counts what is queued and under way as lost. */
  giveUp(): void;
  /** Gives up what is still under way, so that nothing of it keeps the process alive. */
  release(): void;
}

export function exportPipeline(
  sdk: Pick<Sdk, "exporter" | "batchProcessor">,
  settings: ExportSettings,
): ExportPipeline {
  const count = new SpanCount();
  const made = sdk.exporter(settings);
  unrefRetries(made);
  const sockets = exportSockets();
  const exporter = watchedExporter(made, sockets, count);
  const processor = boundedProcessor(sdk.batchProcessor(exporter, settings.batch), settings.batch.maxQueueSize, count);
  return {
    processor: {
      ...processor,
      // the SDK's waits for the batches that it sends now, and not for those that were under way already; spans that come meanwhile are
      // the next flush's, else an app under load would wait for the queue's own pace
      forceFlush: async () => {
        const handedOver = count.allHandedOver();
        await Promise.allSettled([processor.forceFlush()]);
        await exporter.settled(handedOver);
      },
    },
    dropped: () => count.dropped,
    held: () => count.held,
    giveUp: () => exporter.giveUp(),
    release: () => {
      exporter.giveUp();
      sockets.cut();
      // it waits for the attempts that were under way, which find no connection any more
      made.shutdown().then(sockets.forget, sockets.forget);
    },
  };
}

/** What is read of an ended span. */
interface EndedSpan {
  spanContext(): { readonly traceFlags: number };
}

/** The SDK's default. */
const defaultQueueSize = 2_048;

/** A whole queue may be under way, as after a flush, while the next one fills. */
const queues = 2;

/**
 * Counts the spans that the queue has no room for. The SDK's processor bounds its queue by itself, and does not say how many it dropped: this one
 * keeps the same bound before it. It also bounds what is under way, which the SDK does not.
 */
function boundedProcessor(
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
