import { type JsonServer, type JsonServerOptions, jsonServer, ServerError } from "./json-server.ts";

export type PrometheusOptions = Omit<JsonServerOptions, "product">;

export interface LoadedRule {
  readonly name: string;
  readonly type: "recording" | "alerting";
  readonly health: string;
  readonly lastError?: string;
}

/** What our checks ask of a Prometheus, or of a server with its HTTP API: VictoriaMetrics, Mimir, Thanos. */
export interface Prometheus {
  readonly url: string;
  /** Asks for the value of now. @returns how many series have a number */
  count(promql: string): Promise<number>;
  /** Asks for the values of the last `seconds`. @returns how many series have a number at any time of it */
  countInRange(promql: string, seconds: number): Promise<number>;
  /** The single number that an expression gives now; absent where it gives none. */
  value(promql: string): Promise<number | undefined>;
  labelValues(label: string, selector?: string): Promise<string[]>;
  /** Absent where the server has no list of rules, as VictoriaMetrics has none. */
  rules(): Promise<LoadedRule[] | undefined>;
}

interface Series {
  readonly value?: readonly [time: number, value: string];
  readonly values?: readonly (readonly [time: number, value: string])[];
}

/** Some 60 points: as many as tell whether a graph shows anything. */
const points = 60;

/**
 * @throws ServerError from each call: nobody answers, no Prometheus answers, or it refuses
 */
export async function connectPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const server = jsonServer({ ...options, product: "Prometheus" });
  const ask = <T>(path: string, form?: URLSearchParams) => dataOf<T>(server, path, form);
  const query = async (promql: string) =>
    seriesIn(await ask<QueryData>("/api/v1/query", new URLSearchParams({ query: promql })));

  await query("vector(1)");
  return {
    url: server.url,
    count: async (promql) => (await query(promql)).filter(hasNumber).length,
    async countInRange(promql, seconds) {
      const end = Date.now() / 1000;
      const times = { start: String(end - seconds), end: String(end), step: String(Math.ceil(seconds / points)) };
      const form = new URLSearchParams({ query: promql, ...times });
      return seriesIn(await ask<QueryData>("/api/v1/query_range", form)).filter(hasNumber).length;
    },
    async value(promql) {
      const [series] = (await query(promql)).filter(hasNumber);
      return series?.value === undefined ? undefined : Number(series.value[1]);
    },
    labelValues: (label, selector) => {
      const parameters = selector === undefined ? "" : `?${new URLSearchParams({ "match[]": selector })}`;
      return ask(`/api/v1/label/${label}/values${parameters}`);
    },
    rules: () => rulesOf(server),
  };
}

interface QueryData {
  readonly resultType: string;
  readonly result: unknown;
}

/** A scalar is one series without labels. */
function seriesIn({ resultType, result }: QueryData): Series[] {
  if (resultType === "scalar") return [{ value: result as [number, string] }];
  return Array.isArray(result) ? (result as Series[]) : [];
}

const hasNumber = ({ value, values = [] }: Series) =>
  [...(value === undefined ? [] : [value]), ...values].some(([, text]) => text !== "NaN");

async function dataOf<T>(server: JsonServer, path: string, form?: URLSearchParams): Promise<T> {
  const { status, body, summary } = await server.ask(path, form === undefined ? {} : { form });
  const { status: outcome, data, error } = (body ?? {}) as { status?: string; data?: T; error?: string };
  if (outcome === "success" && data !== undefined) return data;
  if (outcome === "error") throw refused(`Prometheus at ${server.url} refuses: ${error ?? summary}`);
  if (status === 401 || status === 403) throw refused(`${server.url} wants to know who asks: it answers ${summary}`);
  const where = path.split("?")[0];
  const message = `${server.url} is no Prometheus: ${where} answers ${summary}. Give the URL below which /api/v1/query is`;
  throw new ServerError("AIWATCH_WRONG_SERVER", message);
}

const refused = (message: string) => new ServerError("AIWATCH_SERVER_REFUSED", message);

async function rulesOf(server: JsonServer): Promise<LoadedRule[] | undefined> {
  const { body } = await server.ask("/api/v1/rules");
  const { data } = (body ?? {}) as { data?: { groups?: readonly { rules?: readonly LoadedRule[] }[] } };
  return data?.groups?.flatMap(({ rules = [] }) => rules);
}
