import { catalogue } from "@aiwatch/core/catalogue";
import { type BoardFile, shippedBoards } from "../package-folder.ts";
import { parsePromql, type Selector } from "../promql/selectors.ts";
import { ServerError } from "../servers/json-server.ts";
import { connectPrometheus, type Prometheus } from "../servers/prometheus.ts";
import { type BoardVariable, escapedForRegex, fillVariables } from "./fill-variables.ts";
import { jobsOfOneName } from "./jobs-of-one-name.ts";
import { type EmptyReason, type Known, listed, presence, type WhyEmpty, whyEmpty } from "./why-empty.ts";

export interface CheckPanelsOptions {
  /** Where Prometheus, or a server with its HTTP API, answers: `http://localhost:9090`. A path in it is kept. */
  readonly url: string;
  /** The scrape job to look at. @default every job */
  readonly job?: string;
  /** The uids of the dashboards to check. @default all that the package ships */
  readonly boards?: readonly string[];
  /** How far back a graph looks. @default 3600 */
  readonly rangeSeconds?: number;
  /** Sent with each question, such as `{ authorization: "Bearer …" }`. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long one answer of Prometheus may take. @default 30000 */
  readonly timeoutMs?: number;
  /** Ends the check early: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called now and then while panels are checked, for a line of progress. */
  readonly onPanel?: (checked: number, total: number) => void;
}

/** One panel: whether it has data, and if not, why not. */
export interface PanelReport {
  /** The dashboard's uid. */
  readonly board: string;
  readonly boardTitle: string;
  readonly panel: string;
  /** The panel's id in its dashboard: `/d/BOARD?viewPanel=panel-ID`. */
  readonly id: number;
  /** `data` where at least one query of the panel has some; else why the first has none. */
  readonly state: "data" | EmptyReason;
  /** Why there is none, in words; empty where there is. */
  readonly message: string;
  readonly queries: readonly QueryReport[];
}

export interface QueryReport {
  readonly refId: string;
  /** As it was sent: with every variable on "All", and the job where one was given. */
  readonly promql: string;
  readonly state: "data" | EmptyReason;
  readonly message: string;
}

export interface PanelsReport {
  /** The Prometheus that was asked. */
  readonly url: string;
  readonly job: string | undefined;
  readonly panels: readonly PanelReport[];
  /** What is true of no single panel, in words: two namespaces with one job, which the rules do not tell apart. */
  readonly hints: readonly string[];
}

/**
 * A uid that no dashboard of the package has. Its message lists those that there are.
 *
 * @example
 * await checkPanels({ url, boards: ["llm"] }); // rejects: no dashboard "llm": there are llm-dashboard, …
 */
export class UnknownBoardError extends RangeError {
  readonly code = "AIWATCH_UNKNOWN_DASHBOARD";
  override readonly name = "UnknownBoardError";
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets?: readonly { readonly refId: string; readonly expr?: string; readonly instant?: boolean }[];
  readonly panels?: readonly Panel[];
}

/** The panels of a dashboard that ask Prometheus, those in closed rows too. */
function panelsOf(board: BoardFile): Panel[] {
  const flat = (panels: readonly Panel[]): Panel[] => panels.flatMap((panel) => [panel, ...flat(panel.panels ?? [])]);
  return flat((board["panels"] ?? []) as Panel[]).filter(({ targets = [] }) => targets.some(({ expr }) => expr));
}

const variablesOf = (board: BoardFile) => (board["templating"] as { readonly list?: BoardVariable[] })?.list ?? [];

/**
 * Asks a Prometheus for what each panel of the dashboards shows, as Grafana would, and finds out why a panel is empty.
 *
 * A graph is asked over `rangeSeconds`, a number for its value of now. `$__rate_interval` is five minutes, so that a rare scrape empties nothing.
 *
 * @throws ServerError its `code` is `AIWATCH_INVALID_URL`, `AIWATCH_SERVER_UNREACHABLE`, `AIWATCH_WRONG_SERVER` or `AIWATCH_SERVER_REFUSED`
 * @throws UnknownBoardError `boards` has a uid that no dashboard of the package has
 * @example
 * const { panels } = await checkPanels({ url: "http://localhost:9090", job: "genai-app" });
 * const broken = panels.filter(({ state }) => !["data", "no-traffic", "not-exposed"].includes(state));
 * for (const { boardTitle, panel, message } of broken) console.error(`${boardTitle}, ${panel}: ${message}`);
 */
export async function checkPanels(options: CheckPanelsOptions): Promise<PanelsReport> {
  const { job, rangeSeconds = 3600, onPanel } = options;
  const boards = chosenBoards(await shippedBoards(), options.boards);
  const prometheus = await connectPrometheus(options);
  const known = await lookAround(prometheus, rangeSeconds);
  const missing = job === undefined ? undefined : await whyNoJob(job, known);
  const check: QueryCheck = { known, rangeSeconds, job, missing };

  const all = boards.flatMap((board) => panelsOf(board).map((panel) => ({ board, panel })));
  const panels: PanelReport[] = [];
  while (panels.length < all.length) {
    const some = all.slice(panels.length, panels.length + atOnce);
    panels.push(...(await Promise.all(some.map(({ board, panel }) => checkPanel(board, panel, check)))));
    onPanel?.(panels.length, all.length);
  }
  return { url: prometheus.url, job, panels, hints: await jobsOfOneName(prometheus) };
}

function chosenBoards(boards: readonly BoardFile[], uids: readonly string[] | undefined): readonly BoardFile[] {
  if (uids === undefined) return boards;
  const unknown = uids.find((uid) => !boards.some((board) => board.uid === uid));
  if (unknown !== undefined)
    throw new UnknownBoardError(`no dashboard "${unknown}": there are ${boards.map(({ uid }) => uid).join(", ")}`);
  return boards.filter(({ uid }) => uids.includes(uid));
}

/** Panels that are asked about at a time: a Prometheus that serves others is not to notice. */
const atOnce = 4;

interface QueryCheck {
  readonly known: Known;
  readonly rangeSeconds: number;
  readonly job: string | undefined;
  /** Why nothing of the job that was asked for can have data; absent where it can. */
  readonly missing: WhyEmpty | undefined;
}

async function lookAround(prometheus: Prometheus, rangeSeconds: number): Promise<Known> {
  const [names, rules] = await Promise.all([prometheus.labelValues("__name__"), prometheus.rules()]);
  return { prometheus, names: new Set(names), rules, range: durationText(rangeSeconds), absence };
}

function durationText(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

/** What the catalogue says of when a metric is not there. */
function absence(metric: string): string | undefined {
  const family = metric.replace(/_(bucket|sum|count)$/, "");
  const row = Object.values(catalogue).find(({ name }) => name === metric || name === family);
  return row?.definition.match(/(?:^|(?<=\. ))(?:Absent|Only) [^.]*\./)?.[0];
}

async function whyNoJob(job: string, { prometheus, range }: Known): Promise<WhyEmpty | undefined> {
  const ofJob = (metric: string) => `count(last_over_time(${metric}{job=${JSON.stringify(job)}}[${range}]))`;
  if ((await prometheus.count(ofJob(presence))) > 0) return undefined;
  const jobs = (await prometheus.labelValues("job", presence)).sort();
  const others = jobs.length === 0 ? "no job has metrics of AIWatch" : `AIWatch's metrics are in job ${listed(jobs)}`;
  if ((await prometheus.count(ofJob("up"))) === 0) {
    return { reason: "job-not-found", message: `no job "${job}" was scraped in the last ${range}; ${others}` };
  }
  const message = `job "${job}" is scraped, and has no ${presence}: does the app mount /metrics? ${others}`;
  return { reason: "never-scraped", message };
}

async function checkPanel(board: BoardFile, panel: Panel, check: QueryCheck): Promise<PanelReport> {
  const queries: QueryReport[] = [];
  for (const { refId, expr, instant = false } of panel.targets ?? []) {
    if (!expr) continue;
    const chosen = check.job === undefined ? {} : { job: escapedForRegex(check.job) };
    const promql = fillVariables(expr, variablesOf(board), chosen, { range: check.known.range });
    queries.push({ refId, promql, ...(await stateOf(promql, instant, check)) });
  }
  const first = queries.find(({ state }) => state === "data") ?? queries[0];
  const { state = "no-traffic", message = "" } = first ?? {};
  const names = { board: board.uid, boardTitle: board.title, panel: panel.title, id: panel.id };
  return { ...names, state, message, queries };
}

async function stateOf(
  promql: string,
  instant: boolean,
  check: QueryCheck,
): Promise<Pick<QueryReport, "state" | "message">> {
  const { known, rangeSeconds, missing } = check;
  const { prometheus } = known;
  try {
    const found = instant ? await prometheus.count(promql) : await prometheus.countInRange(promql, rangeSeconds);
    if (found > 0) return { state: "data", message: "" };
    const { reason, message } = missing ?? (await whyEmpty(withNames(parsePromql(promql).selectors), known));
    return { state: reason, message };
  } catch (error) {
    if (error instanceof ServerError && error.code === "AIWATCH_SERVER_REFUSED")
      return { state: "query-refused", message: error.message };
    throw error;
  }
}

const withNames = (selectors: readonly Selector[]) => selectors.filter(({ metric }) => metric !== "");
