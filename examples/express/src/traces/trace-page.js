import { bar, inWords, legend, moment, partsOf, piecesOf, withFailure } from "./bars.js";
import { count, dayAndTime, duration, isoTime } from "./figures.js";
import { html } from "./html.js";
import { page } from "./page.js";
import { phasesOf, totalsOf } from "./phases.js";
import { endOf, failureOf, isInference, isOfReader, millisecondsOf, numberOf } from "./span-facts.js";
import { inTreeOrder } from "./span-rows.js";
import { entryOf, extentOf, factsOf, outcomeNames, stretchesOf } from "./trace-facts.js";

/** One trace: its phases, and its spans under each other on one time axis. */

/** @typedef {import("@aiwatch/tracing").RecentSpan} Span */
/** @typedef {import("@aiwatch/tracing").RecentTrace} Trace */
/** @typedef {import("./html.js").Markup} Markup */

/**
 * @typedef {object} Axis
 * @property {number} start
 * @property {number} length
 * @property {number | undefined} firstToken a moment on it
 */

/**
 * @param {Trace} trace with a span at least
 * @param {import("./page.js").View} view
 */
export function tracePage(trace, view) {
  const facts = factsOf(trace);
  const axis = axisOf(trace);
  const rows = inTreeOrder(trace.spans);
  const spans = html`<section aria-labelledby="spans"><h2 id="spans">Spans <small>full width ${duration(axis.length)}${axis.firstToken === undefined ? undefined : ", the line across is the first token"}</small></h2>
<ol class="spans">${rows.map((row) => spanRow(row, axis))}</ol>
${foreignNote(trace.spans)}</section>`;
  return page(
    `${facts.name} at ${dayAndTime(facts.startTimeMs)} UTC`,
    view,
    heading(facts),
    summary(trace, facts),
    spans,
  );
}

/** @param {import("./trace-facts.js").TraceFacts} facts */
function heading({ name, startTimeMs, outcome, status, failure, traceId }) {
  const why = outcome === "refused" ? [status, failure] : outcome === "failed" ? [failure] : [];
  const words = outcome === undefined ? "under way" : outcomeNames[outcome];
  const reasons = why.filter((each) => each !== undefined && each !== words).join(" ");
  return html`<p class="back"><a href="/traces">All traces</a></p>
<h1>${name} <span class="outcome ${outcome ?? "unknown"}">${outcome === "failed" ? "✕ " : undefined}${words}${reasons === "" ? undefined : `: ${reasons}`}</span></h1>
<p class="ids"><time datetime="${isoTime(startTimeMs)}">${isoTime(startTimeMs).replace("T", " ").replace("Z", " UTC")}</time> <code>${traceId}</code></p>`;
}

/**
 * What is known of it.
 *
 * @param {Trace} trace
 * @param {import("./trace-facts.js").TraceFacts} facts
 */
function summary(trace, { models, firstTokenMs, durationMs, outputTokens }) {
  const stretches = stretchesOf(trace);
  const inference = trace.spans.findLast(isInference);
  const of = (/** @type {string} */ name) => inference && numberOf(inference, name);
  const cached = of("gen_ai.usage.cache_read.input_tokens");
  const prompt = tokens(of("gen_ai.usage.input_tokens"));
  const figures = [
    ["first token", firstTokenMs && duration(firstTokenMs)],
    ["in all", durationMs && duration(durationMs)],
    ["model", models.join(", ")],
    ["prompt", prompt && `${prompt}${cached ? `, ${count(cached)} cached` : ""}`],
    ["answer", tokens(outputTokens)],
    ["speed", rate(of("aiwatch.inference.tokens_per_second"))],
  ].filter(([, value]) => value);
  const list = html`<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
  if (stretches.length === 0) return html`<section class="card" aria-label="In short">${list}</section>`;
  const pieces = piecesOf(partsOf(stretches), 0, 100);
  return html`<section class="card" aria-label="In short">${list}${bar(pieces)}${legend(totalsOf(stretches))}</section>`;
}

/** @param {number | undefined} number */
const tokens = (number) => (number === undefined ? undefined : `${count(number)} ${number === 1 ? "token" : "tokens"}`);

/** @param {number | undefined} perSecond */
const rate = (perSecond) =>
  perSecond === undefined ? undefined : `${count(Number(perSecond.toFixed(perSecond < 100 ? 1 : 0)))} tokens/s`;

/**
 * From the first to the last moment of this server's spans, wider where others' fit: the clock of another machine may be wrong by hours.
 *
 * @param {Trace} trace
 * @returns {Axis}
 */
function axisOf({ spans }) {
  const ours = extentOf(spans);
  const shown = spans.filter((span) => isNear(span, ours));
  const start = Math.min(...shown.map(({ startTimeMs }) => startTimeMs));
  const end = Math.max(...shown.map(endOf));
  const entry = entryOf(spans);
  const waitMs = entry && millisecondsOf(entry, "aiwatch.request.first_token_time");
  const firstToken = entry === undefined || waitMs === undefined ? undefined : entry.startTimeMs + waitMs;
  return { start, length: Math.max(end - start, 0.001), firstToken };
}

/**
 * Whether it and this server's spans were at the same time.
 *
 * @param {Span} span
 * @param {{ start: number, end: number }} extent
 */
const isNear = (span, { start, end }) =>
  span.foreign === undefined || (span.startTimeMs <= end && endOf(span) >= start);

/** What is deeper is no further to the right. */
const deepest = 6;

/**
 * @param {import("./span-rows.js").SpanRow} row
 * @param {Axis} axis
 */
function spanRow({ span, depth, parent }, axis) {
  const failure = failureOf(span);
  const under = parent === undefined ? undefined : html`<span class="unseen">, below ${parent.name}</span>`;
  const phases = phasesOf(span);
  const words = phases.length < 2 ? undefined : html`<span class="unseen">: ${inWords(totalsOf(phases))}</span>`;
  return html`<li class="depth-${Math.min(depth, deepest)}"><details><summary>
<span class="name">${isOfReader(span) ? "you, in this page" : span.name}${under}${failure === undefined ? undefined : html` <span class="failed">✕ ${failure}</span>`}${span.foreign && html` <small>another clock</small>`}</span>
${spanBar(span, phases, axis)}${firstTokenOn(axis)}
<span class="took">${duration(span.durationMs)}${words}</span>
</summary>${details(span)}</details></li>
`;
}

/**
 * @param {Span} span
 * @param {ReturnType<typeof phasesOf>} phases
 * @param {Axis} axis
 */
function spanBar(span, phases, { start, length }) {
  const x = ((span.startTimeMs - start) / length) * 100;
  const width = (span.durationMs / length) * 100;
  if (x > 100 || x + width < 0) return html`<span class="bar away">not on this axis</span>`;
  const pieces = piecesOf(partsOf(phases, span.foreign ? "foreign" : "span"), x, width);
  return bar(span.status.code === "error" ? withFailure(pieces) : pieces);
}

/** @param {Axis} axis */
const firstTokenOn = ({ start, length, firstToken }) =>
  firstToken === undefined ? undefined : moment(((firstToken - start) / length) * 100);

/** @param {Span} span */
function details(span) {
  const { spanId, parentSpanId, kind, status, attributes, events, startTimeMs } = span;
  const own = { span: spanId, parent: parentSpanId ?? "none", kind, status: status.code };
  const message = status.message === undefined ? {} : { "status message": status.message };
  return html`<div class="details">
${table("Span", { ...own, ...message })}
${Object.keys(attributes).length === 0 ? undefined : table("Attributes", attributes)}
${events.map(({ name, timeMs, attributes: its }) => table(`${name}, after ${duration(timeMs - startTimeMs)}`, its))}
</div>`;
}

/**
 * @param {string} title
 * @param {Readonly<Record<string, unknown>>} values
 */
function table(title, values) {
  const rows = Object.entries(values).map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${shown(name, value)}</dd></div>`,
  );
  return html`<h3>${title}</h3>${rows.length === 0 ? undefined : html`<dl>${rows}</dl>`}`;
}

/**
 * A value for people: those that are seconds with their unit. What it was exactly is in the JSON.
 *
 * @param {string} name
 * @param {unknown} value
 */
function shown(name, value) {
  if (typeof value === "string") return value;
  if (typeof value !== "number") return JSON.stringify(value);
  if (secondsNamed.test(name)) return duration(value * 1000);
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
}

/** As the conventions of OpenTelemetry and AIWatch's own name what is in seconds. */
const secondsNamed = /(?:_time|_delay|_shift|\.time_to_first_chunk|\.time_per_output_token)$/;

/** @param {readonly Span[]} spans */
function foreignNote(spans) {
  if (!spans.some(({ foreign }) => foreign)) return undefined;
  return html`<p class="note">Spans of another clock, such as a browser’s, are where that clock puts them: between clocks, times are only about right.</p>`;
}
