import { ownVersion } from "../base/process-wide.ts";
import { catalogue } from "../catalogue/index.ts";
import type { CounterMetric } from "./counter.ts";
import { ReadGauge } from "./gauge.ts";
import { LabelLimiter } from "./label-values.ts";

type Row = typeof catalogue.buildInfo;

const ofBuild = { metric: catalogue.buildInfo.name };

/** What the process is built of. */
export class BuildGauge extends ReadGauge<Row> {
  /** The releases of what serves the models, by name. */
  readonly #engines: Map<string, string>;
  readonly #seriesDropped: CounterMetric<typeof catalogue.seriesDropped>;

  constructor(seriesDropped: CounterMetric<typeof catalogue.seriesDropped>) {
    const engines = new Map<string, string>();
    const limiter = new LabelLimiter(catalogue.buildInfo.labels, () => seriesDropped.add(ofBuild));
    super(catalogue.buildInfo, () => [[labelsWith(engines), 1]], limiter);
    this.#engines = engines;
    this.#seriesDropped = seriesDropped;
  }

  /** What serves the models said its release: the last one of a name counts. */
  report(engine: string, release: string): void {
    this.#engines.set(engine, release);
    this.#seriesDropped.begin(ofBuild);
  }
}

function labelsWith(engines: ReadonlyMap<string, string>) {
  const engine = Array.from(engines, ([name, release]) => `${name} ${release}`).sort();
  return { version: ownVersion, node: process.versions.node, engine: engine.join(", ") };
}
