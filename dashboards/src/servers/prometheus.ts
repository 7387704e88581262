import { type JsonServer, type JsonServerOptions, jsonServer, ServerError } from "./json-server.ts";
import { type Is, isAbsentOr, isListOf, isRecord, isText, type Shape } from "./shape.ts";

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

type Sample = readonly [time: number, value: string];

/** A series of native histograms has neither. */
interface Series {
  readonly value?: Sample;
  readonly values?: readonly Sample[];
}

type QueryData =
  | { readonly resultType: "vector" | "matrix"; readonly result: readonly Series[] }
  | { readonly resultType: "scalar"; readonly result: Sample }
  | { readonly resultType: "string"; readonly result: Sample };

/** Some 60 points: as many as tell whether a graph shows anything. */
const points = 60;

/**
 * @throws ServerError from each call: nobody answers, no Prometheus answers, or it refuses
 */
export async function connectPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const server = jsonServer({ ...options, product: "Prometheus" });
  const ask = async (path: string, form: URLSearchParams) => seriesIn(await dataOf(server, path, queryData, form));
  const query = (promql: string) => ask("/api/v1/query", new URLSearchParams({ query: promql }));

  await query("vector(1)");
  return {
    url: server.url,
    count: async (promql) => (await query(promql)).filter(hasNumber).length,
    async countInRange(promql, seconds) {
      const end = Date.now() / 1000;
      const times = { start: String(end - seconds), end: String(end), step: String(Math.ceil(seconds / points)) };
      const form = new URLSearchParams({ query: promql, ...times });
      return (await ask("/api/v1/query_range", form)).filter(hasNumber).length;
    },
    async value(promql) {
      const [series] = (await query(promql)).filter(hasNumber);
      return series?.value === undefined ? undefined : Number(series.value[1]);
    },
    labelValues: (label, selector) => {
      const parameters = selector === undefined ? "" : `?${new URLSearchParams({ "match[]": selector })}`;
      return dataOf(server, `/api/v1/label/${label}/values${parameters}`, texts);
    },
    rules: () => rulesOf(server),
  };
}

const isSample: Is<Sample> = (value): value is Sample =>
  Array.isArray(value) && typeof value[0] === "number" && isText(value[1]);

const isSeries: Is<Series> = (value): value is Series =>
  isRecord(value) && isAbsentOr(isSample)(value["value"]) && isAbsentOr(isListOf(isSample))(value["values"]);

const isQueryData: Is<QueryData> = (value): value is QueryData => {
  if (!isRecord(value)) return false;
  const { resultType, result } = value;
  if (resultType === "scalar" || resultType === "string") return isSample(result);
  return isListOf(isSeries)(result);
};

const queryData: Shape<QueryData> = { is: isQueryData, called: "the result of a query" };
const texts: Shape<string[]> = { is: isListOf(isText), called: "a list of texts" };

/** A scalar is one series without labels; a text is none. */
function seriesIn(data: QueryData): readonly Series[] {
  if (data.resultType === "scalar") return [{ value: data.result }];
  return data.resultType === "string" ? [] : data.result;
}

const hasNumber = ({ value, values = [] }: Series) =>
  [...(value === undefined ? [] : [value]), ...values].some(([, text]) => text !== "NaN");

async function dataOf<Data>(
  server: JsonServer,
  path: string,
  shape: Shape<Data>,
  form?: URLSearchParams,
): Promise<Data> {
  const { status, body, summary } = await server.ask(path, form === undefined ? {} : { form });
  const { status: outcome, data, error } = isRecord(body) ? body : {};
  if (outcome === "success" && data !== undefined) return shaped(data, shape, { server, path, summary });
  if (outcome === "error") throw refused(`Prometheus at ${server.url} refuses: ${isText(error) ? error : summary}`);
  if (status === 401 || status === 403) throw refused(`${server.url} wants to know who asks: it answers ${summary}`);
  throw wrongServer({ server, path, summary });
}

interface Asked {
  readonly server: JsonServer;
  readonly path: string;
  /** Of the answer. */
  readonly summary: string;
}

/** @throws ServerError `AIWATCH_WRONG_SERVER`: what is there is something else */
function shaped<Data>(data: unknown, { is, called }: Shape<Data>, asked: Asked): Data {
  if (is(data)) return data;
  throw wrongServer({ ...asked, summary: `${asked.summary} whose data is not ${called}` });
}

function wrongServer({ server, path, summary }: Asked): ServerError {
  const where = path.split("?")[0];
  const message = `${server.url} is no Prometheus: ${where} answers ${summary}. Give the URL below which /api/v1/query is`;
  return new ServerError("AIWATCH_WRONG_SERVER", message);
}

const refused = (message: string) => new ServerError("AIWATCH_SERVER_REFUSED", message);

const isRule: Is<LoadedRule> = (value): value is LoadedRule =>
  isRecord(value) && isText(value["name"]) && isText(value["type"]) && isAbsentOr(isText)(value["lastError"]);

interface RuleGroup {
  readonly rules?: readonly LoadedRule[];
}

const isGroup: Is<RuleGroup> = (value): value is RuleGroup =>
  isRecord(value) && isAbsentOr(isListOf(isRule))(value["rules"]);

const groups: Shape<RuleGroup[]> = { is: isListOf(isGroup), called: "a list of groups of rules" };

async function rulesOf(server: JsonServer): Promise<LoadedRule[] | undefined> {
  const path = "/api/v1/rules";
  const { body, summary } = await server.ask(path);
  const data = isRecord(body) && body["status"] === "success" ? body["data"] : undefined;
  if (!isRecord(data) || data["groups"] === undefined) return undefined;
  return shaped(data["groups"], groups, { server, path, summary }).flatMap(({ rules = [] }) => rules);
}
