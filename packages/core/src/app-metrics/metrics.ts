import { trace } from "@opentelemetry/api";
import type { Clock } from "../base/clock.ts";
import type { Diagnostics } from "../base/diagnostics.ts";
import type { MetricDefinition } from "../catalogue/row.ts";
import { CounterMetric } from "../instruments/counter.ts";
import { exemplarLabels } from "../instruments/exemplar-labels.ts";
import { HistogramMetric } from "../instruments/histogram.ts";
import type { Instruments } from "../instruments/instruments.ts";
import type { MetricsRegistry } from "../instruments/registry.ts";
import { spanReferenceOf } from "../tracing/span.ts";
import { Calls } from "./calls.ts";
import { type CounterHandle, type CounterOptions, counterHandle } from "./counter.ts";
import { defineCounter, defineGauge, defineHistogram, type GivenOptions } from "./define.ts";
import {
  type GaugeHandle,
  type GaugeOptions,
  gaugeHandle,
  type ReadGaugeHandle,
  type ReadGaugeOptions,
  type ReadGaugesOptions,
} from "./gauge.ts";
import { type HistogramHandle, type HistogramOptions, histogramHandle } from "./histogram.ts";
import { type AppMetric, takeMetric } from "./kept.ts";
import { KeptGauge } from "./kept-gauge.ts";
import { beginKnownLabels } from "./known-labels.ts";
import type { LabelDefinitions, LabelValues, NoLabels } from "./labels.ts";
import { makeReadGauge, readGaugeHandle } from "./read-gauge.ts";

/** What metrics need of the instance that they belong to. */
interface Host {
  readonly registry: MetricsRegistry;
  readonly diagnostics: Diagnostics;
  readonly instruments: Pick<Instruments, "seriesDropped">;
  readonly clock: Clock;
  readonly disabled: boolean;
}

/**
 * The app's own metrics, on the instance's registry. Whoever asks again for a metric by the same definition is given the same one. A value
 * over its label's cap becomes `other`, and `genai_app_series_dropped_total` counts each recording of which that is so. A disabled instance
 * records nothing.
 */
export class Metrics {
  readonly #host: Host;

  /** @internal */
  constructor(host: Host) {
    this.#host = host;
  }

  /**
   * A count that only grows. Series whose labels are all lists, up to 100 of them, begin at 0.
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a definition that cannot be used; `AIWATCH_METRIC_CONFLICT` when the registry holds
   *   another metric of its name
   */
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

  /**
   * A figure that rises and falls: set by the app, or read at each scrape by `read`.
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a definition that cannot be used; `AIWATCH_METRIC_CONFLICT` when the registry holds
   *   another metric of its name, or one with another `read`
   */
  // the first that is tried, since TypeScript widens what a callback returns for good: a list's values would become any text
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
        const metric = new KeptGauge(definition, dropped);
        return { metric, handle: gaugeHandle(metric, calls) };
      }
      const metric = makeReadGauge(definition, read, { calls, dropped, diagnostics: this.#host.diagnostics });
      return { metric, handle: readGaugeHandle(definition.name, calls) };
    });
    return handleOf(made);
  }

  /**
   * A distribution over buckets.
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a definition that cannot be used; `AIWATCH_METRIC_CONFLICT` when the registry holds
   *   another metric of its name
   */
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

  #callsOf({ name, labels }: MetricDefinition): Calls {
    const { diagnostics, disabled } = this.#host;
    return new Calls({ metric: name, labelNames: Object.keys(labels), diagnostics, disabled });
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
