/** What one span says of itself, by the names of OpenTelemetry's conventions and AIWatch's own. */

/** @typedef {import("@aiwatch/tracing").RecentSpan} Span */

/**
 * An attribute that is a number.
 *
 * @param {Span} span
 * @param {string} name
 */
export function numberOf({ attributes }, name) {
  const value = attributes[name];
  return typeof value === "number" && value >= 0 ? value : undefined;
}

/**
 * An attribute of seconds, in milliseconds.
 *
 * @param {Span} span
 * @param {string} name
 */
export function millisecondsOf(span, name) {
  const seconds = numberOf(span, name);
  return seconds === undefined ? undefined : seconds * 1000;
}

/**
 * An attribute that is a text.
 *
 * @param {Span} span
 * @param {string} name
 */
export function textOf({ attributes }, name) {
  const value = attributes[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** @param {Span} span */
export const endOf = ({ startTimeMs, durationMs }) => startTimeMs + durationMs;

/** @param {Span} span */
export const isTool = (span) => textOf(span, "gen_ai.operation.name") === "execute_tool";

/**
 * A model was called.
 *
 * @param {Span} span
 */
export const isInference = (span) => textOf(span, "gen_ai.operation.name") !== undefined && !isTool(span);

/**
 * The app's own line: this app names such spans so.
 *
 * @param {Span} span
 */
export const isLine = ({ name, foreign }) => foreign === undefined && name.startsWith("wait for ");

/**
 * The model as it was asked for.
 *
 * @param {Span} span
 */
export const modelOf = (span) => textOf(span, "gen_ai.request.model") ?? textOf(span, "gen_ai.response.model");

/**
 * Why it failed, in words; undefined where it did not. The class of an error, such as `HttpError`, is none: it is among the attributes.
 *
 * @param {Span} span
 */
export function failureOf(span) {
  if (span.status.code !== "error") return undefined;
  const type = textOf(span, "error.type");
  return type === undefined || /^[A-Z]\w*$/.test(type) ? "failed" : type.replaceAll("_", " ");
}

/**
 * An answer as its reader's page told it.
 *
 * @param {Span} span
 */
export const isOfReader = ({ name, foreign, attributes }) =>
  name === "answer" && foreign !== undefined && attributes["aiwatch.from_outside"] === true;
