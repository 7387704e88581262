import { phasesOfRequest } from "./phases.js";
import { endOf, failureOf, isInference, millisecondsOf, modelOf, numberOf, textOf } from "./span-facts.js";

/** What a trace says in one line. */

/** @typedef {import("@aiwatch/tracing").RecentSpan} Span */
/** @typedef {import("@aiwatch/tracing").RecentTrace} Trace */

export const outcomes = /** @type {const} */ (["answered", "refused", "left", "aborted", "failed"]);

/** @typedef {typeof outcomes[number]} Outcome */

/**
 * As the panel calls them. In addresses and JSON they have AIWatch's own names.
 *
 * @type {Readonly<Record<Outcome, string>>}
 */
export const outcomeNames = {
  answered: "answered",
  refused: "refused",
  left: "left the line",
  aborted: "stopped",
  failed: "failed",
};

/**
 * What is unknown is `undefined`, and absent in JSON.
 *
 * @typedef {object} TraceFacts
 * @property {string} traceId
 * @property {string} name
 * @property {number} startTimeMs of the request, or of the first span; by the clock of this server, where one of its spans is there
 * @property {number | undefined} durationMs of the request
 * @property {readonly string[]} models that were called, each once
 * @property {Outcome | undefined} outcome undefined while the request goes on
 * @property {number | undefined} status of the answer
 * @property {string | undefined} failure why it failed, or was refused
 * @property {number | undefined} outputTokens of the last call of a model
 * @property {number | undefined} firstTokenMs as the reader waited for it, else from the call of the model
 */

/**
 * The span that a trace is named after: the request as this server has it, else the first span of this process, else the first.
 *
 * @param {readonly Span[]} spans
 */
export function entryOf(spans) {
  const ours = spans.filter(({ foreign }) => foreign === undefined);
  return ours.find(({ kind }) => kind === "server") ?? ours[0] ?? spans[0];
}

/**
 * @param {Trace} trace with a span at least
 * @returns {TraceFacts}
 */
export function factsOf({ traceId, spans }) {
  const entry = entryOf(spans);
  if (entry === undefined) throw new TypeError("a trace has a span at least");
  const inferences = spans.filter(isInference);
  // the span of a request ends last: without it, the first of its parts stands for it
  const isWhole = entry.kind === "server" || entry.parentSpanId === undefined;
  return {
    traceId,
    name: entry.name,
    startTimeMs: entry.startTimeMs,
    durationMs: isWhole ? entry.durationMs : undefined,
    models: [...new Set(inferences.flatMap((span) => modelOf(span) ?? []))],
    outcome: isWhole ? outcomeOf(entry, inferences) : undefined,
    status: numberOf(entry, "http.response.status_code"),
    failure: [entry, ...inferences].map(failureOf).findLast((failure) => failure !== undefined),
    outputTokens: inferences.map((span) => numberOf(span, "gen_ai.usage.output_tokens")).at(-1),
    firstTokenMs: firstTokenOf(entry, inferences),
  };
}

/**
 * As the panel counts chats. What a model answered in the end counts, not what went wrong before it.
 *
 * @param {Span} entry
 * @param {readonly Span[]} inferences
 * @returns {Outcome | undefined}
 */
function outcomeOf(entry, inferences) {
  const status = numberOf(entry, "http.response.status_code");
  const last = inferences.at(-1);
  if (last === undefined) return withoutModel(entry, status);
  if (entry.status.code === "error") return "failed";
  if (status === clientClosedRequest) return "aborted";
  const finish = textOf(last, "aiwatch.finish_reason");
  if (finish === "aborted") return "aborted";
  return finish === "error" ? "failed" : "answered";
}

const clientClosedRequest = 499;
const refusals = new Set([429, 503]);

/**
 * @param {Span} entry
 * @param {number | undefined} status
 * @returns {Outcome | undefined}
 */
function withoutModel(entry, status) {
  if (status === clientClosedRequest) return "left";
  if (status !== undefined && (refusals.has(status) || (status >= 400 && status < 500))) return "refused";
  if (entry.status.code === "error") return "failed";
  return status === undefined ? undefined : "answered";
}

/**
 * @param {Span} entry
 * @param {readonly Span[]} inferences
 */
function firstTokenOf(entry, inferences) {
  const asRead = millisecondsOf(entry, "aiwatch.request.first_token_time");
  const [first] = inferences.flatMap((span) => millisecondsOf(span, "gen_ai.response.time_to_first_chunk") ?? []);
  return asRead ?? first;
}

/**
 * The phases of its request; none where no model and no line was in it.
 *
 * @param {Trace} trace
 */
export function stretchesOf({ spans }) {
  const entry = entryOf(spans);
  const stretches = entry === undefined ? [] : phasesOfRequest(entry, spans);
  return stretches.some(({ phase }) => phase !== "app") ? stretches : [];
}

/**
 * From the first to the last moment that this server's spans know of; that of all where it has none.
 *
 * @param {readonly Span[]} spans with one at least
 */
export function extentOf(spans) {
  const ours = spans.filter(({ foreign }) => foreign === undefined);
  const known = ours.length > 0 ? ours : spans;
  return { start: Math.min(...known.map(({ startTimeMs }) => startTimeMs)), end: Math.max(...known.map(endOf)) };
}
