import { metrics } from "@opentelemetry/api";
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { afterEach } from "vitest";

/** One metric as OpenTelemetry's SDK exports it. */
export interface ExportedMetric {
  readonly unit: string;
  readonly bounds: readonly number[] | undefined;
  readonly points: readonly { readonly attributes: object; readonly count: number; readonly sum: number }[];
}

export interface RecordedMetrics {
  readonly provider: MeterProvider;
  /** Everything that was recorded so far, by the metric's name. */
  read(): Promise<Record<string, ExportedMetric>>;
}

afterEach(() => metrics.disable());

/** An own provider of OpenTelemetry's SDK. Register it with `metrics.setGlobalMeterProvider`. */
export function recordedMetrics(): RecordedMetrics {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e8, exportTimeoutMillis: 1e3 });
  const provider = new MeterProvider({ readers: [reader] });
  return {
    provider,
    async read() {
      exporter.reset();
      await provider.forceFlush();
      const scopes = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
      const own = scopes.filter(({ scope }) => scope.name === "@aiwatch/core").flatMap((scope) => scope.metrics);
      const entries = own.map(({ descriptor, dataPoints }) => {
        const points = (dataPoints as DataPoint<number | Histogram>[]).map(pointOf);
        return [descriptor.name, { unit: descriptor.unit, bounds: boundsOf(dataPoints[0]!), points }] as const;
      });
      return Object.fromEntries(entries);
    },
  };
}

function pointOf({ attributes, value }: DataPoint<number | Histogram>) {
  return typeof value === "number"
    ? { attributes, count: 1, sum: value }
    : { attributes, count: value.count, sum: value.sum ?? 0 };
}

function boundsOf({ value }: DataPoint<unknown>): readonly number[] | undefined {
  return typeof value === "object" ? (value as Histogram).buckets.boundaries : undefined;
}
