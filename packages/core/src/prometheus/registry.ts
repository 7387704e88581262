import { AiwatchError } from "../errors.ts";
import { metricBrand, type RegistryMetric } from "./metric.ts";

/** What we ask of a prom-client registry. Structural, so that the app's own copy and version fit. */
export interface MetricsRegistry {
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  getMetricsAsJSON(): Promise<unknown>;
  /** The format of its own exposition. */
  readonly contentType?: string;
}

/**
 * Puts a metric of ours into the registry.
 * @throws AiwatchError `AIWATCH_METRIC_CONFLICT` when the app has a metric of that name that is not ours
 */
export function register(registry: MetricsRegistry, metric: RegistryMetric): void {
  const known = registry.getSingleMetric(metric.rowName);
  if (known === metric) return;
  if (known !== undefined) throw conflict(metric, known);
  metric.name = metric.rowName;
  registry.registerMetric(metric as never);
}

/** Whether a registered metric was made by AIWatch, by any copy of it. */
function isOurs(metric: unknown): boolean {
  return typeof metric === "object" && metric !== null && metricBrand in metric;
}

/** A registered metric by its type and its help, for messages. */
export function describeMetric(metric: unknown): string {
  return typeof metric === "object" && metric !== null && "help" in metric
    ? `${metric.constructor.name} "${String(metric.help)}"`
    : "a metric";
}

function conflict(ours: RegistryMetric, theirs: unknown): AiwatchError {
  const whose = isOurs(theirs) ? "another version of AIWatch" : "the app";
  return new AiwatchError(
    "AIWATCH_METRIC_CONFLICT",
    `the registry holds a metric named ${ours.rowName} from ${whose} (${describeMetric(theirs)}) and AIWatch's ${ours.type} "${ours.help}" cannot take its place; give AIWatch a registry of its own: createAiwatch({ registry: new Registry() })`,
  );
}
