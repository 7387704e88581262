import { catalogue } from "../catalogue/index.ts";
import { errorOperations, errorTypes, requestOutcomes, telemetrySources } from "../catalogue/values.ts";
import type { CounterMetric } from "./counter.ts";
import type { GaugeMetric } from "./gauge.ts";
import type { HistogramMetric } from "./histogram.ts";

type Row = typeof catalogue;

interface Dropping {
  readonly seriesDropped: CounterMetric<Row["seriesDropped"]>;
}

interface Failing {
  readonly errors: CounterMetric<Row["errors"]>;
}

/** What is known of every app. */
interface Common extends Dropping, Failing {
  readonly requestOutcomes: CounterMetric<Row["requestOutcomes"]>;
  readonly spansDropped: CounterMetric<Row["spansDropped"]>;
  readonly telemetryErrors: CounterMetric<Row["telemetryErrors"]>;
  readonly eventLoopDelay: HistogramMetric<Row["eventLoopDelay"]>;
  readonly activeRequests: GaugeMetric<Row["activeRequests"]>;
}

/**
 * Which series begin at 0, and when: `increase()` must see the first error, and a scrape must hold the 0 before it. What an app does not use
 * has no series.
 */
export function beginAtStart(instruments: Common): void {
  const { spansDropped, telemetryErrors, eventLoopDelay, activeRequests } = instruments;
  beginDropped(instruments, [catalogue.httpRequests, catalogue.httpRequestDuration, catalogue.errors]);
  // those of browsers begin where an app takes their reports
  for (const operation of errorOperations) if (operation !== "client") beginErrors(instruments, operation);
  for (const outcome of requestOutcomes) instruments.requestOutcomes.begin({ outcome });
  spansDropped.begin({});
  for (const source of telemetrySources) telemetryErrors.begin({ source });
  eventLoopDelay.begin({});
  activeRequests.begin({});
}

function beginErrors({ errors }: Failing, operation: keyof typeof errorTypes): void {
  for (const type of errorTypes[operation]) errors.begin({ type, operation });
}

/** Rows with a series for each model that is used. */
const ofModels: readonly Named[] = [
  catalogue.chatTokens,
  catalogue.cachedPromptTokens,
  catalogue.reasoningTokens,
  catalogue.undeliveredTokens,
  catalogue.promptTokens,
  catalogue.outputTokens,
  catalogue.inferences,
  catalogue.modelLatency,
  catalogue.requestFirstToken,
  catalogue.firstTokenLatency,
  catalogue.firstTokenWaits,
  catalogue.queueTime,
  catalogue.serverUnexplained,
  catalogue.interTokenLatency,
  catalogue.timePerOutputToken,
];

const withModels = new WeakSet<Dropping>();

/** A model is there: from now on names of models may be lost. */
export function beginModels(instruments: Dropping): void {
  if (withModels.has(instruments)) return;
  withModels.add(instruments);
  beginDropped(instruments, ofModels);
}

/** A row of the catalogue. */
interface Named {
  readonly name: string;
}

/** How often a value of these rows' labels was lost, where that can happen from now on. */
export function beginDropped({ seriesDropped }: Dropping, rows: readonly Named[]): void {
  for (const { name } of rows) seriesDropped.begin({ metric: name });
}
