export interface VariableValues {
  /** A value, or several that were chosen together. @default all, and series without it */
  readonly cluster?: string | readonly string[];
  /** @default all, and series without it */
  readonly namespace?: string | readonly string[];
  /** @default all */
  readonly job?: string | readonly string[];
  /** @default all */
  readonly instance?: string | readonly string[];
  /** @default all */
  readonly model?: string | readonly string[];
  /** `$ttft_slo`, in seconds. @default "2" */
  readonly ttftSlo?: string;
  /** `$tpot_slo`, in seconds. @default "0.1" */
  readonly tpotSlo?: string;
  /** `$inference_endpoint`, a regular expression. @default ".*chat.*" */
  readonly inferenceEndpoint?: string;
  /** `$__rate_interval`. @default "1m" */
  readonly rateInterval?: string;
  /** `$__range`, the visible time. @default "1h" */
  readonly range?: string;
  /** `$__interval`, the graph's step. @default "15s" */
  readonly interval?: string;
}

/** What the dashboards' variables stand for when `All` is chosen. */
const all = ".+";

/** Metrics of an app's own, as the guide has them. */
export const ownNames = {
  app_counter: "chat_uploads_total",
  app_gauge: "chat_uploads_waiting",
  app_histogram: "chat_search_seconds_bucket",
} as const;

const escaped = (value: string) => value.replaceAll(/[\\^$*+?.()[\]{}|]/g, String.raw`\\$&`);

/** As Grafana writes a variable's choice into a PromQL string: escaped for the regular expression and for the string. */
function regex(choice: string | readonly string[] | undefined, whenAll = all): string {
  if (choice === undefined || choice.length === 0) return whenAll;
  const values = (typeof choice === "string" ? [choice] : choice).map(escaped);
  return values.length === 1 ? values.join("") : `(${values.join("|")})`;
}

/** A panel's query with Grafana's and the dashboard's variables replaced; throws when one is left. */
export function substitute(expression: string, values: VariableValues): string {
  const known: Readonly<Record<string, string>> = {
    cluster: regex(values.cluster, ".*"),
    namespace: regex(values.namespace, ".*"),
    job: regex(values.job),
    instance: regex(values.instance),
    model: regex(values.model),
    ttft_slo: values.ttftSlo ?? "2",
    tpot_slo: values.tpotSlo ?? "0.1",
    inference_endpoint: values.inferenceEndpoint ?? ".*chat.*",
    ...ownNames,
    __rate_interval: values.rateInterval ?? "1m",
    __range: values.range ?? "1h",
    __interval: values.interval ?? "15s",
  };
  return expression.replaceAll(/\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g, (text, braced?: string, plain?: string) => {
    const value = known[braced ?? plain ?? ""];
    if (value === undefined) throw new Error(`${expression}: no value for ${text}`);
    return value;
  });
}
