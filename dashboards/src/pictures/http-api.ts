/** What a picture asks a Prometheus, over its HTTP API: ranges, too, which tests do not need. */
export interface HttpApi {
  instant(promql: string, time: number): Promise<Series[]>;
  range(promql: string, span: { readonly from: number; readonly to: number }, step: number): Promise<Series[]>;
  exemplars(
    promql: string,
    span: { readonly from: number; readonly to: number },
  ): Promise<{ time: number; value: number }[]>;
  labelValues(label: string, series: string | undefined): Promise<string[]>;
  /** Alert rules with what they say now. */
  alertRules(): Promise<AlertRule[]>;
}

export type Sample = readonly [seconds: number, value: string];

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

export interface AlertRule {
  readonly name: string;
  readonly query: string;
  /** How long it has to hold before it fires, in seconds. */
  readonly duration?: number;
  /** What the rule adds. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly state: "firing" | "pending" | "inactive";
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly state: string;
    readonly activeAt: string;
  }[];
}

type Metric = Readonly<Record<string, string>>;
type Data =
  | { resultType: "vector"; result: { metric: Metric; value: Sample }[] }
  | { resultType: "matrix"; result: { metric: Metric; values: Sample[] }[] }
  | { resultType: "scalar" | "string"; result: Sample };

export function httpApi(url: string): HttpApi {
  const ask = async <T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> => {
    const body = new URLSearchParams(parameters);
    const isPosted = path.startsWith("query");
    const response = await fetch(
      `${url}/api/v1/${path}${isPosted ? "" : `?${body}`}`,
      isPosted ? { method: "POST", body } : {},
    );
    const answer = (await response.json()) as { status: string; data: T; error?: string };
    if (answer.status !== "success") throw new Error(answer.error ?? `${path} was answered with ${response.status}`);
    return answer.data;
  };
  return {
    instant: async (promql, time) => seriesOf(await ask<Data>("query", { query: promql, time: String(time) })),
    range: async (query, { from, to }, step) =>
      seriesOf(await ask<Data>("query_range", { query, start: String(from), end: String(to), step: String(step) })),
    exemplars: async (query, { from, to }) => {
      type Found = { exemplars: { value: string; timestamp: number }[] }[];
      const found = await ask<Found>("query_exemplars", { query, start: String(from), end: String(to) });
      return found.flatMap(({ exemplars }) =>
        exemplars.map(({ value, timestamp }) => ({ time: timestamp * 1000, value: Number(value) })),
      );
    },
    labelValues: (label, series) =>
      ask<string[]>(`label/${label}/values`, series === undefined ? {} : { "match[]": series }),
    alertRules: async () => {
      const { groups } = await ask<{ groups: { rules: AlertRule[] }[] }>("rules", { type: "alert" });
      return groups.flatMap(({ rules }) => rules);
    },
  };
}

function seriesOf(data: Data): Series[] {
  if (data.resultType === "vector")
    return data.result.map(({ metric, value }) => ({ labels: metric, samples: [value] }));
  if (data.resultType === "matrix")
    return data.result.map(({ metric, values }) => ({ labels: metric, samples: values }));
  return [{ labels: {}, samples: [data.result] }];
}
