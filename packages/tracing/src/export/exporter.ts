import { diag } from "@opentelemetry/api";
import type { ExportResult, SpanExporter } from "../sdk/types.ts";
import type { ExportSockets } from "./connections.ts";
import { hearRejected } from "./sdk-insides.ts";
import type { SpanCount } from "./span-count.ts";

interface WatchedExporter extends SpanExporter {
  /**
   * Resolves when what is under way has arrived or is lost. Never rejects.
   * @param handedOver what is waited for first: by default what is queued now
   */
  settled(handedOver?: Promise<void>): Promise<void>;
  /** Counts what is queued and under way as lost, and says so to who waits for it. */
  giveUp(): void;
}

interface Transfer {
  readonly ended: Promise<void>;
  fail(): void;
}

const arrived: ExportResult = { code: 0 };
const givenUp: ExportResult = { code: 1, error: new Error("tracing was shut down") };

/**
 * The exporter, with each batch counted from the queue to its end. The SDK's processor never sees a failure: after one it forgets that it
 * sends already, and has more and more batches under way at once.
 */
export function watchedExporter(exporter: SpanExporter, sockets: ExportSockets, count: SpanCount): WatchedExporter {
  const transfers = new Set<Transfer>();
  const takeRejected = hearRejected(exporter);
  let isGivenUp = false;
  const settled = async (handedOver = count.allHandedOver()) => {
    await handedOver;
    await Promise.all([...transfers].map(({ ended }) => ended));
  };
  return {
    export: (spans, done) => {
      // they were counted when all was given up
      if (isGivenUp) return done(arrived);
      count.handOver(spans.length);
      let end: (result: ExportResult) => void = () => undefined;
      const ended = new Promise<void>((resolve) => {
        end = (result) => {
          const rejected = Math.min(takeRejected(), spans.length);
          if (!transfers.delete(transfer)) return;
          if (result.code === 0) {
            count.arrive(spans.length - rejected);
            count.lose(rejected);
          } else {
            count.lose(spans.length);
            sayLost(spans.length, result.error);
          }
          resolve();
          done(arrived);
        };
      });
      const transfer: Transfer = { ended, fail: () => end(givenUp) };
      transfers.add(transfer);
      try {
        sockets.watch(() => exporter.export(spans, end));
      } catch (error) {
        end({ code: 1, error });
      }
    },
    shutdown: async () => {
      await settled();
      await exporter.shutdown();
    },
    settled,
    giveUp: () => {
      isGivenUp = true;
      for (const transfer of [...transfers]) transfer.fail();
      count.dropWaiting();
    },
  };
}

/** To OpenTelemetry's own log, as the processor would: it is silent without `OTEL_LOG_LEVEL`. */
function sayLost(spans: number, error: unknown): void {
  try {
    diag.error(`${spans} spans could not be sent`, error);
  } catch {
    // the log is the app's
  }
}
