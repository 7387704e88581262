import type { SpanProcessorLike } from "../options.ts";
import type { Sdk } from "../sdk/load-sdk.ts";
import type { ExportSettings } from "../settings/tracing-settings.ts";
import { boundedProcessor } from "./bounded-processor.ts";
import { exportSockets } from "./export-sockets.ts";
import { SpanCount } from "./span-count.ts";
import { unrefRetries } from "./unref-retries.ts";
import { watchedExporter } from "./watched-exporter.ts";

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
  letGo(): void;
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
    letGo: () => {
      exporter.giveUp();
      sockets.cut();
      // it waits for the attempts that were under way, which find no connection any more
      made.shutdown().then(sockets.forget, sockets.forget);
    },
  };
}
