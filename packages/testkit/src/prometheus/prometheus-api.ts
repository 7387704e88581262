/** The parts of Prometheus's HTTP API that tests ask. Times are seconds; values are strings, as Prometheus sends them. */
export interface PrometheusApi {
  query(promql: string): Promise<QueryResult>;
  /** The active targets with their health and the last scrape's error. */
  targets(): Promise<Target[]>;
  exemplars(promql: string): Promise<ExemplarSeries[]>;
  /** The rules of all groups, each with its health. */
  rules(): Promise<RuleGroup[]>;
  /** The alerts that are pending or firing. */
  alerts(): Promise<Alert[]>;
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
  /** Seconds between two evaluations. */
  readonly interval: number;
  readonly rules: Rule[];
}

export interface Rule {
  readonly name: string;
  readonly query: string;
  readonly health: "ok" | "err" | "unknown";
  readonly lastError?: string;
  readonly type: string;
  /** Of an alert. */
  readonly state?: "inactive" | "pending" | "firing";
}

export interface Alert {
  /** The alert's own and its series', `alertname` among them. */
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly state: "pending" | "firing";
  /** Since when its condition has held, as ISO 8601. */
  readonly activeAt: string;
  readonly value: string;
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
    alerts: async () => (await ask<{ alerts: Alert[] }>("alerts")).alerts,
    rules: async () => (await ask<{ groups: RuleGroup[] }>("rules")).groups,
  };
}

function lastHour() {
  const now = Date.now() / 1000;
  return { start: String(now - 3600), end: String(now + 60) };
}
