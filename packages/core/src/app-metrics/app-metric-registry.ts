import { AiwatchError } from "../base/errors.ts";
import { processWide } from "../base/process-wide.ts";
import { familyName, type MetricDefinition } from "../catalogue/row.ts";
import type { RegistryMetric } from "../instruments/metric.ts";
import { describeMetric, type MetricsRegistry, register } from "../instruments/registry.ts";

/** A metric that an app defined. */
export interface AppMetric {
  readonly metric: RegistryMetric;
  /** What the app records by. */
  readonly handle: unknown;
}

/** What must be the same for two definitions to mean one metric. */
export interface Definition {
  readonly definition: MetricDefinition;
  /** The function that a gauge is read by. */
  readonly read?: unknown;
}

interface Registered extends Definition, AppMetric {}

/** They belong to the registry, as our own do: by name. */
const appMetrics = processWide("@aiwatch/core/app-metrics", 1, () => new WeakMap<object, Map<string, Registered>>());

function registeredOn(registry: MetricsRegistry): Map<string, Registered> {
  const registries = appMetrics();
  const known = registries.get(registry);
  if (known !== undefined) return known;
  const registered = new Map<string, Registered>();
  registries.set(registry, registered);
  return registered;
}

/**
 * The metric of this definition: made and registered at the first call, the same one ever after.
 * @throws AiwatchError `AIWATCH_METRIC_CONFLICT` when the registry holds another metric of its name
 */
export function takeMetric(registry: MetricsRegistry, wanted: Definition, make: () => AppMetric): AppMetric {
  const registered = registeredOn(registry);
  const { name } = wanted.definition;
  const known = registered.get(name);
  const isKnown = known !== undefined && isSame(known, wanted);
  if (known !== undefined && registry.getSingleMetric(name) === known.metric) {
    if (isKnown) return known;
    throw redefined(known, wanted);
  }
  // none of ours has the name there: it is new, or the app cleared the registry
  refuseForeign(registry, wanted);
  const taken = isKnown ? known : { ...wanted, ...make() };
  register(registry, [taken.metric]);
  registered.set(name, taken);
  return taken;
}

/** A counter's family has its name without `_total`: OpenMetrics could not distinguish it from another metric of that name. */
function refuseForeign(registry: MetricsRegistry, wanted: Definition): void {
  const { type, name } = wanted.definition;
  for (const taken of [name, type === "counter" ? familyName({ type, name }) : `${name}_total`]) {
    const held = registry.getSingleMetric(taken);
    if (held !== undefined) throw foreign(wanted, taken, held);
  }
}

function isSame(known: Definition, wanted: Definition): boolean {
  return known.read === wanted.read && shown(known) === shown(wanted);
}

function shown({ definition }: Definition): string {
  const labels = Object.fromEntries(Object.entries(definition.labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ ...definition, labels });
}

function redefined(known: Definition, wanted: Definition): AiwatchError {
  const [there, here] = [shown(known), shown(wanted)];
  const differ = there === here ? "by another read()" : `as ${here}, and it is ${there} already`;
  return new AiwatchError(
    "AIWATCH_METRIC_CONFLICT",
    `${wanted.definition.name} is defined ${differ}; define it once and pass the metric on, or choose another name`,
  );
}

function foreign({ definition: { type, name, help } }: Definition, taken: string, held: unknown): AiwatchError {
  return new AiwatchError(
    "AIWATCH_METRIC_CONFLICT",
    `the registry holds ${taken} (${describeMetric(held)}), and the ${type} ${name} "${help}" cannot be added beside it; choose another name`,
  );
}
