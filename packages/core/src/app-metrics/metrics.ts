import { trace } from "@opentelemetry/api";
import type { Diagnostics } from "../base/diagnostics.ts";
import type { Clock } from "../base/time.ts";
import type { MetricDefinition } from "../catalogue/row.ts";
import { CounterMetric } from "../instruments/counter.ts";
import { GaugeMetric } from "../instruments/gauge.ts";
import { exemplarLabels, HistogramMetric } from "../instruments/histogram.ts";
import type { Instruments } from "../instruments/instruments.ts";
import type { MetricsRegistry } from "../instruments/registry.ts";
import { spanReferenceOf } from "../tracing/span.ts";
import { type AppMetric, takeMetric } from "./app-metric-registry.ts";
import { CallValidation } from "./call-validation.ts";
import { beginKnownLabels, type CounterHandle, type CounterOptions, counterHandle } from "./counter.ts";
import { defineCounter, defineGauge, defineHistogram, type GivenOptions } from "./definition.ts";
import {
  type GaugeHandle,
  type GaugeOptions,
  gaugeHandle,
  makeReadGauge,
  type ReadGaugeHandle,
  type ReadGaugeOptions,
  type ReadGaugesOptions,
  readGaugeHandle,
} from "./gauge.ts";
import { type HistogramHandle, type HistogramOptions, histogramHandle } from "./histogram.ts";
import type { LabelDefinitions, LabelValues, NoLabels } from "./labels.ts";

/** What metrics need of the instance that they belong to. */
interface Host {
  readonly registry: MetricsRegistry;
  readonly diagnostics: Diagnostics;
  readonly instruments: Pick<Instruments, "seriesDropped">;
  readonly clock: Clock;
  readonly disabled: boolean;
}

/**
 * The app's own metrics, on the instance's registry. The same definition given again gives the same metric. A value over its label's cap
 * becomes `other`, and `genai_app_series_dropped_total` counts each recording of it. A disabled instance records nothing.
 */
export interface Metrics {
  /**
   * A count that only grows. Series whose labels are all lists, up to 100 of them, begin at 0.
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a definition that cannot be used; `AIWATCH_METRIC_CONFLICT` when the registry holds
   *   another metric of its name
   * @example
   * const hits = aiwatch.metrics.counter({ name: "cache_hits_total", help: "Answers from the cache", labels: { tier: ["ram", "disk"] } });
   * hits.add({ tier: "ram" });
   */
  counter<const Labels extends LabelDefinitions = NoLabels>(
    options: CounterOptions<Labels>,
  ): CounterHandle<LabelValues<Labels>>;
  /**
   * A figure that rises and falls: set by the app, or read at each scrape by `read`.
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a definition that cannot be used; `AIWATCH_METRIC_CONFLICT` when the registry holds
   *   another metric of its name, or one with another `read`
   * @example aiwatch.metrics.gauge({ name: "jobs_waiting", help: "Jobs in the queue", read: () => queue.length });
   */
  // the first that is tried, since TypeScript widens what a callback returns for good: a list's values would become any text
  gauge<const Labels extends LabelDefinitions>(options: ReadGaugesOptions<Labels>): ReadGaugeHandle;
  gauge(options: ReadGaugeOptions): ReadGaugeHandle;
  gauge<const Labels extends LabelDefinitions = NoLabels>(
    options: GaugeOptions<Labels>,
  ): GaugeHandle<LabelValues<Labels>>;
  /**
   * A distribution over buckets.
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a definition that cannot be used; `AIWATCH_METRIC_CONFLICT` when the registry holds
   *   another metric of its name
   * @example
   * const searches = aiwatch.metrics.histogram({ name: "search_seconds", help: "How long a search took", bounds: [0.01, 0.1, 1] });
   * const found = await searches.time(() => search(question));
   */
  histogram<const Labels extends LabelDefinitions = NoLabels>(
    options: HistogramOptions<Labels>,
  ): HistogramHandle<LabelValues<Labels>>;
}

/** The metrics of one instance. */
export class AppMetrics implements Metrics {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  counter<const Labels extends LabelDefinitions = NoLabels>(
    options: CounterOptions<Labels>,
  ): CounterHandle<LabelValues<Labels>> {
    const definition = defineCounter(given(options));
    const made = takeMetric(this.#host.registry, { definition }, () => {
      const metric = new CounterMetric(definition, this.#droppedOf(definition));
      beginKnownLabels(metric, definition);
      return { metric, handle: counterHandle(metric, this.#callsOf(definition)) };
    });
    return handleOf(made);
  }

  gauge<const Labels extends LabelDefinitions>(options: ReadGaugesOptions<Labels>): ReadGaugeHandle;
  gauge(options: ReadGaugeOptions): ReadGaugeHandle;
  gauge<const Labels extends LabelDefinitions = NoLabels>(
    options: GaugeOptions<Labels>,
  ): GaugeHandle<LabelValues<Labels>>;
  gauge(options: { readonly read?: (() => unknown) | undefined }): GaugeHandle<never> {
    const definition = defineGauge(given(options));
    const { read } = options;
    const made = takeMetric(this.#host.registry, { definition, read }, () => {
      const calls = this.#callsOf(definition);
      const dropped = this.#droppedOf(definition);
      if (read === undefined) {
        const metric = new GaugeMetric(definition, dropped);
        return { metric, handle: gaugeHandle(metric, calls) };
      }
      const metric = makeReadGauge(definition, read, { calls, dropped, diagnostics: this.#host.diagnostics });
      return { metric, handle: readGaugeHandle(definition.name, calls) };
    });
    return handleOf(made);
  }

  histogram<const Labels extends LabelDefinitions = NoLabels>(
    options: HistogramOptions<Labels>,
  ): HistogramHandle<LabelValues<Labels>> {
    const definition = defineHistogram(given(options));
    const made = takeMetric(this.#host.registry, { definition }, () => {
      const metric = new HistogramMetric(definition, this.#droppedOf(definition));
      if (Object.keys(definition.labels).length === 0) metric.begin({});
      const { clock, diagnostics } = this.#host;
      const exemplar = () => exemplarLabels(spanReferenceOf(() => trace.getActiveSpan(), diagnostics) ?? {});
      return { metric, handle: histogramHandle(metric, { calls: this.#callsOf(definition), clock, exemplar }) };
    });
    return handleOf(made);
  }

  #callsOf({ name, labels }: MetricDefinition): CallValidation {
    const { diagnostics, disabled } = this.#host;
    return new CallValidation({ metric: name, labelNames: Object.keys(labels), diagnostics, disabled });
  }

  /** What counts the recordings that lost a label's value; known of at 0, so that `increase()` sees the first. */
  #droppedOf({ name, labels }: MetricDefinition): () => void {
    const { seriesDropped } = this.#host.instruments;
    if (Object.values(labels).some(({ values }) => values === undefined)) seriesDropped.begin({ metric: name });
    return () => seriesDropped.add({ metric: name });
  }
}

function given(options: object): GivenOptions {
  return options as GivenOptions;
}

/** Of one definition there is one type of handle. */
function handleOf<Handle>({ handle }: AppMetric): Handle {
  return handle as Handle;
}
