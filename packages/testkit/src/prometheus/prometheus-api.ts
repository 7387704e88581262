/** The parts of Prometheus's HTTP API that tests ask. Times are seconds; values are strings, as Prometheus sends them. */
export interface PrometheusApi {
  query(promql: string): Promise<QueryResult>;
  /** The active targets with their health and the last scrape's error. */
  targets(): Promise<Target[]>;
  exemplars(promql: string): Promise<ExemplarSeries[]>;
  rules(): Promise<RuleGroup[]>;
}

export type QueryResult =
  | { resultType: "vector"; result: { metric: Record<string, string>; value: [time: number, value: string] }[] }
  | { resultType: "matrix"; result: { metric: Record<string, string>; values: [time: number, value: string][] }[] }
  | { resultType: "scalar" | "string"; result: [time: number, value: string] };

export interface Target {
  readonly scrapeUrl: string;
  readonly health: "up" | "down" | "unknown";
  readonly lastError: string;
  readonly labels: Record<string, string>;
}

export interface ExemplarSeries {
  readonly seriesLabels: Record<string, string>;
  readonly exemplars: { labels: Record<string, string>; value: string; timestamp: number }[];
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: { name: string; query: string; health: "ok" | "err" | "unknown"; lastError?: string; type: string }[];
}

export function prometheusApi(url: string): PrometheusApi {
  const ask = async <T>(path: string, parameters: Record<string, string> = {}): Promise<T> => {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const answer = (await response.json()) as { status: string; data: T; error?: string };
    if (answer.status !== "success") throw new Error(`Prometheus refuses ${path}: ${answer.error}`);
    return answer.data;
  };
  return {
    query: (promql) => ask("query", { query: promql }),
    targets: async () => (await ask<{ activeTargets: Target[] }>("targets", { state: "active" })).activeTargets,
    exemplars: (promql) => ask("query_exemplars", { query: promql, ...lastHour() }),
    rules: async () => (await ask<{ groups: RuleGroup[] }>("rules")).groups,
  };
}

function lastHour() {
  const now = Date.now() / 1000;
  return { start: String(now - 3600), end: String(now + 60) };
}
