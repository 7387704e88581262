import { type Board, type BoardPanel, type BoardTarget, inPixels, type Place, type ShownPanel } from "./board.ts";
import type { AlertRule, HttpApi, Sample, Series } from "./http-api.ts";
import { durationOf, rateIntervalOf, secondsOf, stepOf } from "./steps.ts";
import { interpolated, type Value, type Values } from "./variables.ts";

/** The visible time, in seconds since 1970. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** What one query of a panel gave. Times are milliseconds; a value that is not there is null. */
export interface Answer {
  readonly refId: string;
  readonly promql: string;
  readonly format: string;
  readonly isInstant: boolean;
  readonly step: number;
  readonly legendFormat: string;
  readonly series: readonly AnsweredSeries[];
  readonly exemplars: readonly { readonly time: number; readonly value: number }[];
  /** From the question to the answer, without its exemplars. */
  readonly tookMs: number;
  readonly error?: string;
}

export interface AnsweredSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

/** A panel with its place in pixels and what its queries gave: all that the page needs to draw it. */
export interface AnsweredPanel {
  readonly panel: BoardPanel;
  readonly place: Place;
  readonly wasCollapsed: boolean;
  readonly answers: readonly Answer[];
  /** Of an alert list. */
  readonly alerts: readonly AlertRule[];
}

export interface Question {
  readonly api: HttpApi;
  readonly values: Values;
  readonly span: TimeSpan;
  /** Between two scrapes, in seconds: the data source's scrape interval. */
  readonly scrape: number;
  readonly width: number;
  readonly alerts: readonly AlertRule[];
}

/** Asks all that a board asks, a few queries at a time. */
export async function answered(shown: readonly ShownPanel[], question: Question): Promise<AnsweredPanel[]> {
  const panels: AnsweredPanel[] = [];
  for (const { panel, place, wasCollapsed } of shown) {
    const pixels = inPixels(place, question.width);
    const targets = (panel.targets ?? []).filter(({ expr, hide }) => expr !== undefined && expr !== "" && !hide);
    const answers = await Promise.all(targets.map((target) => answerTo(target, panel, pixels, question)));
    const alerts = panel.type === "alertlist" ? question.alerts : [];
    panels.push({ panel, place: pixels, wasCollapsed, answers, alerts });
  }
  return panels;
}

async function answerTo(target: BoardTarget, panel: BoardPanel, pixels: Place, question: Question): Promise<Answer> {
  const { span, scrape, values } = question;
  const seconds = span.to - span.from;
  const least = secondsOf(textOf(target.interval ?? panel.interval, values)) ?? scrape;
  const step = stepOf(seconds, panel.maxDataPoints ?? pixels.w, least);
  const known = new Map([...values, ...globals(seconds, step, scrape)]);
  const { text: promql, unknown } = interpolated(target.expr ?? "", known);
  const isInstant = target.instant === true && target.range !== true;
  const { refId, format = "time_series", legendFormat = "" } = target;
  const about = { refId, promql, format, isInstant, step, legendFormat };
  const none = { ...about, series: [], exemplars: [] };
  if (unknown.length > 0) return { ...none, tookMs: 0, error: `no value for ${unknown.join(", ")}` };
  const asked = performance.now();
  const sinceAsked = () => performance.now() - asked;
  try {
    const found = isInstant
      ? await question.api.instant(promql, span.to)
      : await question.api.range(promql, aligned(span, step), step);
    const tookMs = sinceAsked();
    const exemplars = target.exemplar === true ? await question.api.exemplars(promql, span) : [];
    const series = found.map((one) => onGrid(one, isInstant ? undefined : { ...span, step }));
    return { ...about, series, exemplars, tookMs };
  } catch (error) {
    return { ...none, tookMs: sinceAsked(), error: error instanceof Error ? error.message : String(error) };
  }
}

const textOf = (text: string | undefined, values: Values) =>
  text === undefined ? undefined : interpolated(text, values).text;

function globals(seconds: number, step: number, scrape: number): [string, Value][] {
  const texts = {
    __interval: durationOf(step),
    __interval_ms: String(step * 1000),
    __rate_interval: durationOf(rateIntervalOf(step, scrape)),
    __range: durationOf(seconds),
    __range_s: String(seconds),
    __range_ms: String(seconds * 1000),
  };
  return Object.entries(texts).map(([name, chosen]) => [name, { chosen, isEscaped: false }]);
}

/** As the data source aligns a range, so that the points stay where they are while time goes on. */
const aligned = ({ from, to }: TimeSpan, step: number): TimeSpan => ({
  from: Math.floor(from / step) * step,
  to: Math.floor(to / step) * step,
});

/** Every step has a point, null where the answer has none: so a gap is drawn as one. */
function onGrid({ labels, samples }: Series, grid?: TimeSpan & { readonly step: number }): AnsweredSeries {
  if (grid === undefined) return { labels, times: samples.map(timeOf), values: samples.map(amountOf) };
  const { from, to } = aligned(grid, grid.step);
  const known = new Map(samples.map((sample) => [Math.round(timeOf(sample)), amountOf(sample)]));
  const count = Math.round((to - from) / grid.step) + 1;
  const times = Array.from({ length: count }, (_, index) => Math.round((from + index * grid.step) * 1000));
  return { labels, times, values: times.map((time) => known.get(time) ?? null) };
}

const timeOf = ([seconds]: Sample) => seconds * 1000;

function amountOf([, text]: Sample): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** A while that an annotation marks; a moment where it ends as it begins. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly color: string;
}

/** What the enabled annotations of a board mark. As in Grafana, samples above 0 at neighbouring steps are one while. */
export async function marksOf(board: Board, { api, values, span, scrape }: Question): Promise<Mark[]> {
  const enabled = (board.annotations?.list ?? []).filter(({ expr, enable }) => expr !== undefined && enable !== false);
  const marks = enabled.map(async ({ expr = "", name, iconColor = "blue", step: least }) => {
    const step = secondsOf(least) ?? 60;
    const known = new Map([...values, ...globals(span.to - span.from, step, scrape)]);
    const series = await api.range(interpolated(expr, known).text, aligned(span, step), step).catch(() => []);
    const whiles = series.flatMap(({ samples }) => whilesOf(samples, step));
    return whiles.map((one) => ({ ...one, name, color: iconColor }));
  });
  return (await Promise.all(marks)).flat();
}

function whilesOf(samples: readonly Sample[], step: number) {
  const whiles: { from: number; to: number }[] = [];
  for (const time of samples.filter(([, value]) => Number(value) > 0).map(timeOf)) {
    const last = whiles.at(-1);
    if (last !== undefined && time - last.to <= step * 1000) last.to = time;
    else whiles.push({ from: time, to: time });
  }
  return whiles;
}
