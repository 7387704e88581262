import { ownVersion } from "../base/process-wide.ts";
import { catalogue } from "../catalogue/index.ts";
import type { CounterMetric } from "./counter.ts";
import { ReadGauge } from "./gauge.ts";
import { LabelLimiter } from "./label-values.ts";

/**
 * What the process is built of.
 * @param engines the releases of what serves the models, by name
 */
export function buildGauge(
  engines: ReadonlyMap<string, string>,
  seriesDropped: CounterMetric<typeof catalogue.seriesDropped>,
): ReadGauge<typeof catalogue.buildInfo> {
  const ofBuild = { metric: catalogue.buildInfo.name };
  const limiter = new LabelLimiter(catalogue.buildInfo.labels, () => seriesDropped.add(ofBuild));
  const read = () => {
    if (engines.size > 0) seriesDropped.begin(ofBuild);
    const engine = Array.from(engines, ([engineName, release]) => `${engineName} ${release}`);
    return [[{ version: ownVersion, node: process.versions.node, engine: engine.sort().join(", ") }, 1] as const];
  };
  return new ReadGauge(catalogue.buildInfo, read, limiter);
}
