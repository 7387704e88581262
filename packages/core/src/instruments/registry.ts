import { AiwatchError } from "../base/errors.ts";
import { type MetricOrigin, metricBrand, ownOrigin, type RegistryMetric } from "./metric.ts";

/** What we ask of a prom-client registry. Structural, so that the app's own copy and version fit. */
export interface MetricsRegistry {
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  getMetricsAsJSON(): Promise<unknown>;
  removeSingleMetric?(name: string): void;
  /** The format of its own exposition. */
  readonly contentType?: string;
}

/**
 * Puts metrics of ours into the registry: all of them or, where one cannot be there, none.
 * @throws AiwatchError `AIWATCH_METRIC_CONFLICT` when the registry holds another metric of the name, the app's or another copy's of AIWatch
 */
export function register(registry: MetricsRegistry, metrics: readonly RegistryMetric[]): void {
  const held = metrics.map((metric) => registry.getSingleMetric(metric.rowName));
  for (const [index, metric] of metrics.entries()) {
    if (held[index] !== undefined && held[index] !== metric) throw conflict(metric, held[index]);
  }
  const missing = metrics.filter((metric, index) => held[index] !== metric);
  for (const [index, metric] of missing.entries()) {
    metric.name = metric.rowName;
    // one that was here before: the app took it away, and what begins anew begins at 0, as prom-client's own do
    metric.reset();
    try {
      registry.registerMetric(metric as never);
    } catch (error) {
      // a registry that takes no more, whatever it is made of
      for (const { rowName } of missing.slice(0, index)) registry.removeSingleMetric?.(rowName);
      throw error;
    }
  }
}

/** The copy of AIWatch that made a registered metric; `undefined` where none did. */
function originOf(metric: unknown): MetricOrigin | undefined {
  return typeof metric === "object" && metric !== null && metricBrand in metric
    ? (metric[metricBrand] as MetricOrigin)
    : undefined;
}

/** A registered metric by its type and its help, for messages. */
export function describeMetric(metric: unknown): string {
  return typeof metric === "object" && metric !== null && "help" in metric
    ? `${metric.constructor.name} "${String(metric.help)}"`
    : "a metric";
}

const ownRegistry = "createAiwatch({ registry: new Registry() })";

function conflict(ours: RegistryMetric, theirs: unknown): AiwatchError {
  const origin = originOf(theirs);
  const message = origin === undefined ? appHolds(ours, theirs) : aiwatchHolds(ours, origin);
  return new AiwatchError("AIWATCH_METRIC_CONFLICT", message);
}

function appHolds({ rowName, type, help }: RegistryMetric, theirs: unknown): string {
  return `the registry holds a metric named ${rowName} from the app (${describeMetric(theirs)}) and AIWatch's ${type} "${help}" cannot take its place: call ${ownRegistry}`;
}

function aiwatchHolds({ rowName }: RegistryMetric, origin: MetricOrigin): string {
  if (origin.shape === ownOrigin.shape) {
    return `the registry holds ${rowName} of AIWatch on another registry, as one of Registry.merge() does: hand over that other one, and merge after createAiwatch(), or call ${ownRegistry}`;
  }
  return `two copies of @aiwatch/core are loaded whose metrics differ: the registry holds ${rowName} from ${shown(origin)}, and this is ${shown(ownOrigin)}. Install one release for all packages (npm ls @aiwatch/core shows both), or call ${ownRegistry}`;
}

function shown({ version, shape }: MetricOrigin): string {
  return `${version} (metrics ${shape})`;
}
