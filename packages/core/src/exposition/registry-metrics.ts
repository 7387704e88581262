import type { Diagnostics } from "../base/diagnostics.ts";
import { processWide } from "../base/process-wide.ts";
import { type Clock, inTurns } from "../base/time.ts";
import { familyName } from "../catalogue/row.ts";
import type { Sample } from "../instruments/metric.ts";
import type { MetricsRegistry } from "../instruments/registry.ts";

/** A metric as `registry.getMetricsAsJSON()` gives it: ours, or the app's own. */
export interface MetricJson {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  /** How several processes' series become one, in prom-client's words. @default "sum" */
  readonly aggregator?: string;
  readonly values?: readonly Sample[];
}

/** A counter with the `_total` that a registry whose own exposition is OpenMetrics takes off it, for good. */
export function withTotal(metric: MetricJson): MetricJson {
  return metric.type === "counter" ? { ...metric, name: `${familyName(metric)}_total` } : metric;
}

/** What is collected: an instance's registry, and where its faults are reported. */
export interface Collected {
  readonly registry: MetricsRegistry;
  readonly diagnostics: Diagnostics;
}

/** What answers in the place of a registry's own metrics: a cluster's member, by all its processes. */
export interface MetricsSource {
  readonly registry: MetricsRegistry;
  gather(): Promise<readonly MetricJson[]>;
}

const installed = processWide("@aiwatch/core/metrics-source", 1, (): { source: MetricsSource | undefined } => ({
  source: undefined,
}));

/** The source that was installed in this process, for whatever registry. */
export function installedSource(): MetricsSource | undefined {
  return installed().source;
}

/** Has `source` answer from now on; nothing does where it is `undefined`. */
export function installSource(source: MetricsSource | undefined): void {
  installed().source = source;
}

/** What a scrape of the instance answers with. @throws what the installed source throws */
export async function gatherMetrics(host: Collected): Promise<readonly MetricJson[]> {
  const source = installedSource();
  return source?.registry === host.registry ? await source.gather() : await collectMetrics(host);
}

/**
 * Everything on the instance's registry, the app's own metrics included. One that throws is left out and reported, and takes no other with
 * it. The event loop has its turns between two metrics.
 */
export async function collectMetrics(
  { registry, diagnostics }: Collected,
  clock?: Clock,
): Promise<readonly MetricJson[]> {
  const cutsTotal = registry.contentType?.startsWith("application/openmetrics-text") ?? false;
  const started = await inTurns(startAll(registry, diagnostics), clock);
  const metrics = (await Promise.all(started)).flat();
  return cutsTotal ? metrics.map(withTotal) : metrics;
}

/** All are begun before one is waited for: an app's own `collect()` may take its time. */
function* startAll(
  registry: MetricsRegistry,
  diagnostics: Diagnostics,
): Generator<void, Promise<readonly MetricJson[]>[], void> {
  const started: Promise<readonly MetricJson[]>[] = [];
  for (const { name, view } of viewsOf(registry)) {
    started.push(
      read(view).catch((error: unknown) => {
        diagnostics.fault("registry", `collecting ${name}`, error);
        return [];
      }),
    );
    yield;
  }
  return started;
}

interface View {
  /** What is to be read, in a diagnostic's words. */
  readonly name: string;
  readonly view: Pick<MetricsRegistry, "getMetricsAsJSON">;
}

/** The registry with one metric at a time: prom-client's own reading, its default labels included, would fail as a whole. */
function* viewsOf(registry: MetricsRegistry): Generator<View> {
  if (!isListed(registry)) {
    yield { name: "the metrics", view: registry };
    return;
  }
  for (const metric of registry.getMetricsAsArray()) {
    const view: MetricsRegistry = Object.create(registry, { getMetricsAsArray: { value: () => [metric] } });
    yield { name: `the metric ${metric.name}`, view };
  }
}

interface ListedRegistry extends MetricsRegistry {
  getMetricsAsArray(): readonly { readonly name: string }[];
}

function isListed(registry: MetricsRegistry): registry is ListedRegistry {
  return "getMetricsAsArray" in registry && typeof registry.getMetricsAsArray === "function";
}

/** @throws what the metric throws, and TypeError for an answer that is no metric */
async function read(view: View["view"]): Promise<readonly MetricJson[]> {
  const metrics = (await view.getMetricsAsJSON()) as readonly (MetricJson | undefined)[];
  for (const metric of metrics) {
    if (typeof metric?.name !== "string" || typeof metric.help !== "string") throw new TypeError("not a metric");
  }
  return metrics as readonly MetricJson[];
}
