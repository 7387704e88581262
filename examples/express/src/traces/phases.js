import { endOf, isInference, isLine, isTool, millisecondsOf } from "./span-facts.js";

/** In which phase a trace was when. What lies outside of the model and its lines is the app. */

/** @typedef {import("@aiwatch/tracing").RecentSpan} Span */

export const phaseNames = {
  before: "the app, before the model",
  line: "in line",
  queue: "engine’s line",
  unexplained: "unexplained",
  prompt: "prompt",
  decode: "writing",
  tool: "tool",
  app: "the app",
  after: "the app, after the model",
};

/** @typedef {keyof typeof phaseNames} Phase */

/** In the order in which a request usually passes them. */
export const phases = /** @type {readonly Phase[]} */ (Object.keys(phaseNames));

/**
 * @typedef {object} Stretch
 * @property {Phase} phase
 * @property {number} from in milliseconds since the epoch
 * @property {number} to
 */

/**
 * The phases of a span one behind the other; none where it has none.
 *
 * @param {Span} span
 * @returns {readonly Stretch[]}
 */
export function phasesOf(span) {
  if (isTool(span)) return [whole("tool", span)];
  if (isLine(span)) return [whole("line", span)];
  return isInference(span) ? oneBehindTheOther(span, partsOf(span)) : [];
}

/**
 * @param {Phase} phase
 * @param {Span} span
 * @returns {Stretch}
 */
const whole = (phase, span) => ({ phase, from: span.startTimeMs, to: endOf(span) });

/** @typedef {readonly (readonly [phase: Phase, ms: number])[]} Parts */

/**
 * How long an inference was in each phase, in the order of the phases.
 *
 * @param {Span} span
 * @returns {Parts}
 */
function partsOf(span) {
  const firstMs = millisecondsOf(span, "gen_ai.response.time_to_first_chunk");
  const queueMs = millisecondsOf(span, "aiwatch.inference.queue_time");
  if (firstMs !== undefined) return untilFirstToken(span, firstMs, queueMs);
  return queueMs === undefined ? asTheServerTells(span) : untilItsEnd(span, queueMs);
}

/**
 * Tokens came. What neither queue nor prompt explains, such as the network, is before the prompt.
 *
 * @param {Span} span
 * @param {number} firstMs
 * @param {number | undefined} queueMs
 * @returns {Parts}
 */
function untilFirstToken(span, firstMs, queueMs = millisecondsOf(span, "aiwatch.server.queue_time") ?? 0) {
  const queue = Math.min(queueMs, firstMs);
  const prompt = Math.min(millisecondsOf(span, "aiwatch.inference.prompt_eval_time") ?? 0, firstMs - queue);
  return [
    ["queue", queue],
    ["unexplained", firstMs - queue - prompt],
    ["prompt", prompt],
    ["decode", span.durationMs - firstMs],
  ];
}

/**
 * The engine began to evaluate it, and no token came: an embedding, or one that was stopped or failed.
 *
 * @param {Span} span
 * @param {number} queueMs
 * @returns {Parts}
 */
function untilItsEnd(span, queueMs) {
  const done = span.events.find(({ name }) => name === "aiwatch.prompt_eval.done");
  const doneMs = done === undefined ? span.durationMs : done.timeMs - span.startTimeMs;
  return [
    ["queue", queueMs],
    ["prompt", doneMs - queueMs],
    ["decode", span.durationMs - doneMs],
  ];
}

/**
 * An answer in one piece: nothing tells when its phases were, but the server may tell how long they took.
 *
 * @param {Span} span
 * @returns {Parts}
 */
function asTheServerTells(span) {
  const queue = millisecondsOf(span, "aiwatch.server.queue_time") ?? 0;
  const prompt = millisecondsOf(span, "aiwatch.server.prompt_eval_time") ?? 0;
  const decode = millisecondsOf(span, "aiwatch.server.decode_time") ?? 0;
  return [
    ["unexplained", span.durationMs - queue - prompt - decode],
    ["queue", queue],
    ["prompt", prompt],
    ["decode", decode],
  ];
}

/**
 * @param {Span} span
 * @param {Parts} parts
 * @returns {readonly Stretch[]}
 */
function oneBehindTheOther(span, parts) {
  const end = endOf(span);
  let from = span.startTimeMs;
  return parts.flatMap(([phase, ms]) => {
    const to = Math.min(from + ms, end);
    if (!(to > from)) return [];
    const stretch = { phase, from, to };
    from = to;
    return [stretch];
  });
}

/**
 * Of two phases at once the higher one is shown: a tool is called in the middle of an inference.
 *
 * @type {Partial<Record<Phase, number>>}
 */
const ranks = { line: 0, tool: 2 };

/** @param {Stretch} stretch */
const rankOf = ({ phase }) => ranks[phase] ?? 1;

/**
 * The phases of a whole request, without gaps: what no phase covers is the app, before the model or after it. Between two calls of it, and where no model
 * was called, it is neither.
 *
 * @param {Span} entry
 * @param {readonly Span[]} spans those of the trace
 * @returns {readonly Stretch[]}
 */
export function phasesOfRequest(entry, spans) {
  const [start, end] = [entry.startTimeMs, endOf(entry)];
  const known = spans
    .filter(({ foreign }) => foreign === undefined)
    .flatMap(phasesOf)
    .map(({ phase, from, to }) => ({ phase, from: Math.max(from, start), to: Math.min(to, end) }))
    .filter(({ from, to }) => to > from)
    .sort((one, other) => rankOf(one) - rankOf(other));
  const model = known.filter(({ phase }) => phase !== "line");
  const modelBegins = Math.min(...model.map(({ from }) => from));
  const modelEnds = Math.max(...model.map(({ to }) => to));
  /** @type {(from: number) => Phase} */
  const around = (from) =>
    model.length === 0 ? "app" : from < modelBegins ? "before" : from < modelEnds ? "app" : "after";
  const cuts = [...new Set([start, end, ...known.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  const pieces = cuts.slice(1).map((to, at) => {
    const from = cuts[at] ?? start;
    const covering = known.findLast((stretch) => stretch.from <= from && stretch.to >= to);
    return { phase: covering?.phase ?? around(from), from, to };
  });
  return joined(pieces);
}

/**
 * Neighbours of one phase as one.
 *
 * @param {readonly Stretch[]} stretches
 */
function joined(stretches) {
  /** @type {Stretch[]} */
  const result = [];
  for (const stretch of stretches) {
    const last = result.at(-1);
    if (last?.phase === stretch.phase) last.to = stretch.to;
    else result.push({ ...stretch });
  }
  return result;
}

/**
 * How long each phase was in all, in the order in which they came.
 *
 * @param {readonly Stretch[]} stretches
 * @returns {readonly (readonly [phase: Phase, ms: number])[]}
 */
export function totalsOf(stretches) {
  /** @type {Map<Phase, number>} */
  const totals = new Map();
  for (const { phase, from, to } of stretches) totals.set(phase, (totals.get(phase) ?? 0) + to - from);
  return [...totals];
}
