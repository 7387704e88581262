import { defined, isObject, modelLabel, type ServedModel, type ServedModelState, valueAt } from "@aiwatch/core/adapter";
import { type LlamaCppMetrics, parseLlamaCppMetrics } from "./llamacpp-metrics.ts";
import { type Found, figureOf, notReady, type Run } from "./server-reading.ts";
import { type Answer, type Ask, isRefusal, jsonOf } from "./server-requests.ts";

const kind = "llama-server";

/** Whether an answer is llama-server's, by its header or, where a proxy has taken that away, by its words. */
export function isLlamaServers(answer: Answer): boolean {
  return answer.headers["server"] === "llama.cpp" || isLoading(answer);
}

/** Whether a text of metrics is llama-server's. A proxy may take the header away. */
export function hasLlamaCppMetrics({ status, body }: Answer): boolean {
  return status === 200 && body.includes("llamacpp:");
}

/**
 * Reads a llama-server, with one model or as a router. None of these requests wakes a model that sleeps, keeps one from sleeping, or loads one.
 * @returns undefined where it is none
 */
export async function readLlamaServer(ask: Ask): Promise<Found | undefined> {
  const asked = await Promise.all(["/health", "/v1/models", "/props", "/metrics"].map(ask));
  const [health, models, props, metrics] = asked as [Answer, Answer, Answer, Answer];
  const fault = health.fault ?? refusalOf(models, [props, metrics]);
  const isOne = asked.some(isLlamaServers) || hasLlamaCppMetrics(metrics);
  if (!isOne && fault === undefined) return undefined;
  const found = { kind, faults: [], ...defined({ version: textOf(valueAt(jsonOf(props), "build_info")) }) } as const;
  if (isLoading(health)) return { ...found, reason: "loads its model", ...loading(models) };
  const reason = fault ?? notReadyReason(health, metrics);
  if (reason !== undefined) return notReady(reason, kind);
  const isRouter = valueAt(jsonOf(props), "role") === "router";
  return {
    ...found,
    ...(isRouter ? await readRouter(ask, jsonOf(models)) : await readSingle(ask, models, props, metrics)),
  };
}

/** One that names its model nowhere has an unknown one; where that could not be read, nothing of it is shown. */
async function readSingle(ask: Ask, models: Answer, props: Answer, metrics: Answer) {
  const name = nameOf(jsonOf(props)) ?? nameOf(valueAt(jsonOf(models), "data", "0"));
  const fault = props.fault ?? models.fault;
  if (name === undefined && fault !== undefined) return { faults: [fault], runs: [] };
  const read = await readModel(ask, name ?? modelLabel(""), "", { props, metrics });
  return { ...read, isSingle: true, ...defined({ onlyModel: name }) };
}

/** A wrong key closes the API or, in older releases, what tells of the server. The latter alone a proxy may close to everybody, by a 403. */
function refusalOf(models: Answer, facts: readonly Answer[]): string | undefined {
  if (isRefusal(models)) return models.fault;
  return facts.every(({ status }) => status === 401) ? facts[0]?.fault : undefined;
}

/** One that serves `/metrics` alone, behind a proxy, is as ready as its metrics are. */
function notReadyReason(health: Answer, metrics: Answer): string | undefined {
  if (health.status === 200 || (health.status === 404 && hasLlamaCppMetrics(metrics))) return undefined;
  return `answers /health with ${health.status}`;
}

function isLoading({ status, body }: Answer): boolean {
  return status === 503 && /loading model/i.test(body);
}

function loading(models: Answer): Pick<Found, "isLoading" | "runs"> {
  const name = nameOf(valueAt(jsonOf(models), "data", "0"));
  const state = "loading";
  return { isLoading: true, runs: name === undefined ? [] : [{ model: name, counts: {}, figures: { state } }] };
}

/** The model's name as a label: its alias, else its file's. */
function nameOf(facts: unknown): string | undefined {
  const names = ["model_alias", "model_path", "id"].map((key) => textOf(valueAt(facts, key)));
  const name = names.find((text) => text !== undefined);
  return name === undefined ? undefined : modelLabel(name);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What is read of each model. */
interface ModelAnswers {
  readonly props: Answer;
  readonly metrics: Answer;
}

/** @param query chooses the model in a router */
async function readModel(ask: Ask, model: string, query: string, answers: ModelAnswers) {
  const { props, metrics } = answers;
  const facts = jsonOf(props);
  const [parsed] = metrics.status === 200 ? parseLlamaCppMetrics(metrics.body) : [];
  const isSleeping = valueAt(facts, "is_sleeping");
  // a server that works can neither be woken nor kept from sleeping by the question
  const asksSlots = isSleeping === false && (parsed?.gauges.activeSlots ?? 0) > 0;
  const kvCacheUsageRatio = asksSlots ? fullestSlot(jsonOf(await ask(`/slots${query}`))) : undefined;
  const life = textOf(metrics.headers["process-start-time-unix"]);
  const figures = {
    state: isSleeping === true ? ("sleeping" as const) : ("loaded" as const),
    ...parsed?.gauges,
    ...slotsOf(facts, parsed),
    ...(kvCacheUsageRatio !== undefined && { kvCacheUsageRatio }),
  };
  const run: Run = { model, counts: parsed?.counts ?? {}, figures, ...(life !== undefined && { life }) };
  return { runs: [run], faults: metricsFaults(metrics, parsed) };
}

function slotsOf(facts: unknown, metrics: LlamaCppMetrics | undefined): Pick<ServedModel, "freeSlots" | "contextSize"> {
  const contextSize = figureOf(valueAt(facts, "default_generation_settings", "n_ctx"));
  const slots = figureOf(valueAt(facts, "total_slots"));
  const active = metrics?.gauges.activeSlots;
  const freeSlots = slots === undefined || active === undefined ? undefined : figureOf(slots - active);
  return { ...(freeSlots !== undefined && { freeSlots }), ...(contextSize !== undefined && { contextSize }) };
}

/** Of the slots at work the one with the largest part of its context in use. */
function fullestSlot(slots: unknown): number | undefined {
  const ratios = (Array.isArray(slots) ? slots : []).flatMap((slot: unknown) => {
    const tokens = figureOf(valueAt(slot, "n_prompt_tokens"));
    const size = figureOf(valueAt(slot, "n_ctx"));
    const isKnown = valueAt(slot, "is_processing") === true && tokens !== undefined && size !== undefined;
    return isKnown && tokens <= size && size > 0 ? [tokens / size] : [];
  });
  return ratios.length === 0 ? undefined : Math.max(...ratios);
}

function metricsFaults({ status, fault }: Answer, parsed: LlamaCppMetrics | undefined): string[] {
  if (fault !== undefined) return [fault];
  if (status === 501) return ["serves no /metrics: start it with --metrics"];
  if (status !== 200) return [`answers /metrics with ${status}`];
  if (parsed === undefined) return ["has no figures of llama.cpp in /metrics"];
  return parsed.absurd.length === 0 ? [] : [`has figures that cannot be: ${parsed.absurd.join(", ")}`];
}

/** The states that a router tells, by its words. */
const routerStates: Readonly<Record<string, ServedModelState>> = {
  loaded: "loaded",
  loading: "loading",
  sleeping: "sleeping",
  unloaded: "unloaded",
};

/** A router serves no figures for more models: each is two requests. */
const mostModels = 50;

/** Only models that are loaded are asked, and by a query that loads none if it was unloaded meanwhile. */
async function readRouter(ask: Ask, list: unknown): Promise<Pick<Found, "runs" | "faults">> {
  const listed: unknown = valueAt(list, "data");
  if (!Array.isArray(listed)) return { runs: [], faults: ["does not list its models"] };
  const byLoaded = [...listed.filter(isLoaded), ...listed.filter((entry) => !isLoaded(entry))];
  const parts = await Promise.all(byLoaded.slice(0, mostModels).map((entry) => readRouted(ask, entry)));
  return { runs: parts.flatMap(({ runs }) => runs), faults: parts.flatMap(({ faults }) => faults) };
}

function isLoaded(entry: unknown): boolean {
  return valueAt(entry, "status", "value") === "loaded";
}

async function readRouted(ask: Ask, entry: unknown): Promise<Pick<Found, "runs" | "faults">> {
  const id = textOf(valueAt(entry, "id"));
  const status: unknown = valueAt(entry, "status");
  if (id === undefined || !isObject(status)) return { runs: [], faults: [] };
  const model = modelLabel(id);
  const state = Reflect.get(status, "failed") === true ? "failed" : routerStates[String(Reflect.get(status, "value"))];
  if (state !== "loaded" && state !== "sleeping") {
    return { runs: [{ model, counts: {}, figures: state === undefined ? {} : { state } }], faults: [] };
  }
  const query = `?model=${encodeURIComponent(id)}&autoload=false`;
  const [props, metrics] = await Promise.all([ask(`/props${query}`), ask(`/metrics${query}`)]);
  // unloaded meanwhile
  if (metrics.status === 400) return { runs: [{ model, counts: {}, figures: {} }], faults: [] };
  return readModel(ask, model, query, { props, metrics });
}
