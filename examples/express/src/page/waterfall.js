import { element } from "./element.js";
import { count, duration, rate } from "./figures.js";

/** What the server did meanwhile: the spans of one trace under each other, on one time axis. */

/** @typedef {import("@aiwatch/tracing").RecentSpan} Span */

/** The request's span ends just after its last byte is here; the model's only once the model has stopped, which can take a while after a Stop. */
const attempts = 10;
const longestPauseMs = 1_000;

/**
 * The trace's spans, as soon as they are all there.
 *
 * @param {string} traceId
 * @param {boolean} spoken the model has answered: its span is to be among them
 * @returns {Promise<readonly Span[] | undefined>} undefined when the server cannot be asked
 */
export async function fetchSpans(traceId, spoken) {
  let spans = await askForSpans(traceId);
  for (let attempt = 1; attempt < attempts && !isWhole(spans, spoken); attempt++) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(120 * attempt, longestPauseMs)));
    spans = await askForSpans(traceId);
  }
  return spans;
}

/**
 * @param {readonly Span[] | undefined} spans
 * @param {boolean} spoken
 */
function isWhole(spans = [], spoken) {
  return spans.some(({ kind }) => kind === "server") && (!spoken || inferenceAmong(spans) !== undefined);
}

/** @param {readonly Span[]} spans */
function inferenceAmong(spans) {
  return spans.find(({ attributes }) => "gen_ai.operation.name" in attributes);
}

/**
 * @param {string} traceId
 * @returns {Promise<readonly Span[] | undefined>}
 */
async function askForSpans(traceId) {
  try {
    const response = await fetch(`/traces/${traceId}`);
    return response.ok ? (await response.json()).spans : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} traceId
 * @param {readonly Span[] | undefined} spans
 */
export function waterfall(traceId, spans) {
  const summary = element("summary", "", "trace ", element("code", "", traceId));
  if (spans === undefined) return element("details", "trace", summary, "The server could not be asked for it.");
  if (spans.length === 0) return element("details", "trace", summary, "The server keeps no span of it.");
  const start = Math.min(...spans.map(({ startTimeMs }) => startTimeMs));
  const end = Math.max(...spans.map(({ startTimeMs, durationMs }) => startTimeMs + durationMs));
  const axis = { start, length: Math.max(end - start, 0.001) };
  const rows = inTreeOrder(spans).map(({ span, depth }) => row(span, depth, axis));
  return element("details", "trace", summary, element("ol", "spans", ...rows), ...facts(spans));
}

/**
 * @param {Span} span
 * @param {number} depth
 * @param {{ start: number, length: number }} axis
 */
function row(span, depth, axis) {
  const bar = element("span", `bar ${span.status.code === "error" ? "failed" : span.kind}`);
  const left = Math.min(((span.startTimeMs - axis.start) / axis.length) * 100, 99);
  bar.style.left = `${left}%`;
  bar.style.width = `${Math.min(Math.max((span.durationMs / axis.length) * 100, 0.7), 100 - left)}%`;
  const track = element("span", "track", bar);
  track.setAttribute("aria-hidden", "true");
  const name = element("span", "name", span.name);
  name.style.paddingInlineStart = `${depth * 0.9}rem`;
  name.title = span.name;
  return element("li", "", name, track, element("span", "took", duration(span.durationMs)));
}

/**
 * Parents before their children, children by their start.
 *
 * @param {readonly Span[]} spans
 * @returns {{ span: Span, depth: number }[]}
 */
function inTreeOrder(spans) {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  /** @type {(parent: string | undefined, depth: number) => { span: Span, depth: number }[]} */
  const below = (parent, depth) =>
    spans
      // a span whose parent is not here, such as the browser's, is at the top
      .filter(({ parentSpanId }) => (ids.has(parentSpanId ?? "") ? parentSpanId : undefined) === parent)
      .sort((one, other) => one.startTimeMs - other.startTimeMs)
      .flatMap((span) => [{ span, depth }, ...below(span.spanId, depth + 1)]);
  return below(undefined, 0);
}

/**
 * What the inference's span says of it.
 *
 * @param {readonly Span[]} spans
 */
function facts(spans) {
  const inference = inferenceAmong(spans);
  if (inference === undefined) return [];
  const { attributes } = inference;
  /** @param {string} name */
  const number = (name) => (typeof attributes[name] === "number" ? attributes[name] : undefined);
  const cached = number("gen_ai.usage.cache_read.input_tokens");
  const texts = [
    `${count(number("gen_ai.usage.input_tokens"))} prompt tokens${cached ? `, ${count(cached)} cached` : ""}`,
    `${count(number("gen_ai.usage.output_tokens"))} tokens at ${rate(number("aiwatch.inference.tokens_per_second"))}`,
    `ended: ${attributes["aiwatch.finish_reason"] ?? "–"}`,
  ];
  return [element("p", "facts", ...texts.map((text) => element("span", "", text)))];
}
