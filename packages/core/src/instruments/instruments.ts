import { createDiagnostics } from "../base/diagnostics.ts";
import { AiwatchError } from "../base/errors.ts";
import { processWide } from "../base/process-wide.ts";
import { type Clock, monotonicClock } from "../base/time.ts";
import { type Catalogue, catalogue } from "../catalogue/index.ts";
import type { CatalogueRow, CounterRow, HistogramRow } from "../catalogue/row.ts";
import { serverRows } from "../catalogue/server-rows.ts";
import { LoopWatch } from "../event-loop/loop-watch.ts";
import { ModelBoard } from "../models/model-board.ts";
import { BuildGauge } from "./build-gauge.ts";
import { CounterMetric } from "./counter.ts";
import { GaugeMetric, ReadGauge } from "./gauge.ts";
import { HistogramMetric } from "./histogram.ts";
import { beginAtStart } from "./known-series.ts";
import type { AdmittedValues } from "./label-values.ts";
import { instrumentsShape, type MetricOrigin, ownOrigin, type RegistryMetric } from "./metric.ts";
import { makeModelGauges } from "./model-gauges.ts";
import { type MetricsRegistry, register } from "./registry.ts";
import { makeServerMetrics } from "./server-series.ts";
import { countUnderWay, debtGauge } from "./under-way.ts";
import { VramGauge } from "./vram-gauge.ts";

/** Every row of the catalogue as a metric, with the models that the gauges read and the watch on the event loop. */
export type Instruments = ReturnType<typeof makeInstruments>;

/** By registry: two instances on one registry record into the same instruments, from whatever copy of this package they are. */
const instruments = processWide(
  "@aiwatch/core/instruments",
  instrumentsShape,
  () => new WeakMap<MetricsRegistry, Instruments>(),
);

/** By registry: the copy of this package that registered its metrics there last. */
const holders = processWide("@aiwatch/core/metric-holders", 1, () => new WeakMap<MetricsRegistry, MetricOrigin>());

/**
 * The registry's instruments: made at the first call, the same ones ever after. Those that the app took off the registry come back to it, and
 * their counts begin at 0: all instances on the registry, those from before too, go on in them.
 * @throws AiwatchError `AIWATCH_METRIC_CONFLICT` when the registry holds a metric of one of their names; then none of them is registered
 */
export function instrumentsOf(registry: MetricsRegistry, clock: Clock = monotonicClock): Instruments {
  const known = instruments().get(registry);
  const made = known ?? makeInstruments(clock);
  register(registry, metricsOf(made));
  if (known === undefined) instruments().set(registry, made);
  const before = holders().get(registry);
  holders().set(registry, ownOrigin);
  if (before !== undefined && before.shape !== ownOrigin.shape) reportReplaced(made, before);
  return made;
}

/** A copy whose metrics the app took off the registry may have an instance that lives on, and that counts into what nobody reads. */
function reportReplaced({ telemetryErrors }: Instruments, { version, shape }: MetricOrigin): void {
  const what = `registering metrics where those of @aiwatch/core ${version} (metrics ${shape}) were, whose instances are read no more,`;
  const { fault } = createDiagnostics((source) => telemetryErrors.add({ source }));
  fault("registry", what, new AiwatchError("AIWATCH_METRIC_CONFLICT", what));
}

function metricsOf({ models: _models, loop: _loop, ...metrics }: Instruments): RegistryMetric[] {
  return Object.values(metrics);
}

function makeInstruments(clock: Clock) {
  const seriesDropped = new CounterMetric(catalogue.seriesDropped);
  const dropped = (row: { readonly name: string }) => () => seriesDropped.add({ metric: row.name });
  const admitted: AdmittedValues = new Map();
  const counters = makeCounters(seriesDropped, dropped, admitted);
  const faults = createDiagnostics((source) => counters.telemetryErrors.add({ source }));
  const models = new ModelBoard(clock, admitted, (error, what = "reading a model") =>
    faults.fault("registry", what, error),
  );
  const histograms = makeHistograms(dropped, admitted);
  // called by a timer: what it throws would be the end of the process
  const loopDelayed = (delayMs: number) =>
    faults.guard("registry", "recording the event loop's delay", () =>
      histograms.eventLoopDelay.observe({}, delayMs / 1000),
    );
  countUnderWay({ ...counters, ...histograms }, models.live);
  const made = {
    models,
    loop: new LoopWatch(clock, loopDelayed),
    ...counters,
    ...histograms,
    ...makeModelGauges(models, seriesDropped, admitted),
    ...makeServerMetrics(models.servers, seriesDropped, admitted),
    tokenDebt: debtGauge(counters),
    vram: new VramGauge(models.gpus),
    buildInfo: new BuildGauge(seriesDropped),
    activeRequests: new GaugeMetric(catalogue.activeRequests),
    sloObjective: new GaugeMetric(catalogue.sloObjective),
    // what is over the cap is counted as dropped where it ends
    admissionWaiting: new GaugeMetric(catalogue.admissionWaiting, undefined, admitted),
    // what it says is put into the answer for all by the cluster's primary
    clusterWorkers: new ReadGauge(catalogue.clusterWorkers, () => []),
  };
  beginAtStart(made);
  return made;
}

type Dropped = (row: { readonly name: string }) => () => void;

/** The catalogue's rows of one type. */
type RowsOf<Row extends CatalogueRow> = {
  readonly [Key in keyof Catalogue as Catalogue[Key] extends Row ? Key : never]: Catalogue[Key];
};

/** Those that are counted here: a watched server counts its own. */
type CounterKey = Exclude<keyof RowsOf<CounterRow>, keyof typeof serverRows>;

type Counters = { readonly [Key in CounterKey]: CounterMetric<Catalogue[Key]> };
type Histograms = { readonly [Key in keyof RowsOf<HistogramRow>]: HistogramMetric<Catalogue[Key]> };

/** @param seriesDropped counts what the others drop, and not what it drops itself */
function makeCounters(seriesDropped: Counters["seriesDropped"], dropped: Dropped, admitted: AdmittedValues): Counters {
  const make = (row: CounterRow) => new CounterMetric(row, dropped(row), admitted);
  return { ...(ofType("counter", make) as Counters), seriesDropped };
}

function makeHistograms(dropped: Dropped, admitted: AdmittedValues): Histograms {
  return ofType("histogram", (row: HistogramRow) => new HistogramMetric(row, dropped(row), admitted)) as Histograms;
}

/** A metric for each row of the catalogue that has the type, but for those of watched servers. */
function ofType<Row extends CatalogueRow>(type: Row["type"], make: (row: Row) => unknown): object {
  const rows = Object.entries<CatalogueRow>(catalogue).filter(
    ([key, row]) => row.type === type && !(key in serverRows),
  );
  return Object.fromEntries(rows.map(([key, row]) => [key, make(row as Row)]));
}
