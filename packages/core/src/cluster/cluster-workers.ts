import { catalogue } from "../catalogue/index.ts";
import type { MetricJson } from "../exposition/metric-json.ts";

/** What one answer for all is made of. */
export function clusterWorkers(answered: number, silent: number): MetricJson {
  const { name, help, type, aggregation } = catalogue.clusterWorkers;
  const values = [
    { labels: { state: "answered" }, value: answered },
    { labels: { state: "silent" }, value: silent },
  ];
  return { name, help, type, aggregator: aggregation, values };
}
