import type { MetricJson } from "../exposition/metric-json.ts";

/** What one answer for all is made of: where `silent` is not 0, it holds no gauges of so many workers, and their counters are old. */
export function clusterWorkers(answered: number, silent: number): MetricJson {
  return {
    name: "genai_app_cluster_workers",
    help: "Workers of the cluster that answered this scrape, and those that did not in time",
    type: "gauge",
    aggregator: "omit",
    values: [
      { labels: { state: "answered" }, value: answered },
      { labels: { state: "silent" }, value: silent },
    ],
  };
}
