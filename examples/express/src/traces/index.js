import { readFile } from "node:fs/promises";
import { currentTrace } from "@aiwatch/tracing";
import { fits, listPage, rowsOf } from "./list-page.js";
import { missingPage, noIdPage, noTraceId } from "./missing-page.js";
import { tracePage } from "./trace-page.js";

/**
 * The latest traces as pages, and as JSON for programs, so that they can be looked at with nothing else installed. A demonstration: an app sends its
 * spans to a back end, and asks that. What is here knows no framework.
 */

/** @typedef {Pick<import("@aiwatch/tracing").RecentTraces, "find" | "list">} Traces */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Readonly<Record<string, string>>} headers
 * @property {string} body
 */

/**
 * @typedef {object} Asked
 * @property {string} url path and search, as it was asked
 * @property {string | undefined} accept the header
 */

/**
 * @typedef {object} Route
 * @property {string} path as Express and Fastify write it
 * @property {(asked: Asked) => Answer | Promise<Answer>} answer
 */

/** Nothing from elsewhere, nothing inline and no script, and nobody may frame a page. */
const policy =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * `GET /traces?model=…&outcome=…` and `GET /traces/TRACE_ID`.
 *
 * @param {Traces} traces
 * @param {string} [home] where the app's own page is, if it has one
 * @returns {readonly Route[]}
 */
export function traceRoutes(traces, home) {
  return [
    { path: "/traces", answer: (asked) => answerList(traces, asked, viewOf(home)) },
    { path: "/traces/looks.css", answer: () => file("../looks.css", "text/css; charset=utf-8") },
    { path: "/traces/traces.css", answer: () => file("traces.css", "text/css; charset=utf-8") },
    { path: "/traces/icon.svg", answer: () => file("../icon.svg", "image/svg+xml") },
    { path: "/traces/:traceId", answer: (asked) => answerOne(traces, asked, viewOf(home)) },
  ];
}

/**
 * For `keepRecentTraces`: what a page loads, these pages included, would soon push out the chats.
 *
 * @param {import("@aiwatch/tracing").EndedSpan} span
 */
export function isOfPage({ kind, status, attributes }) {
  return kind === serverKind && status.code !== errorCode && attributes["http.request.method"] === "GET";
}

const serverKind = 1;
const errorCode = 2;

/**
 * This request has a span where traces are recorded, whether it is sampled or not.
 *
 * @param {string | undefined} home
 * @returns {import("./page.js").View}
 */
const viewOf = (home) => ({ isOn: currentTrace() !== undefined, home });

/**
 * @param {Traces} traces
 * @param {Asked} asked
 * @param {import("./page.js").View} view
 * @returns {Answer}
 */
function answerList(traces, { url, accept }, view) {
  const search = new URLSearchParams(url.split("?")[1]);
  const filter = { model: search.get("model") || undefined, outcome: search.get("outcome") || undefined };
  const rows = rowsOf(traces.list());
  if (wantsHtml(accept)) return markup(200, listPage(rows, filter, view));
  const facts = rows.map((row) => row.facts).filter((each) => fits(each, filter));
  return json(200, { kept: rows.length, traces: facts });
}

/**
 * @param {Traces} traces
 * @param {Asked} asked
 * @param {import("./page.js").View} view
 * @returns {Answer}
 */
function answerOne(traces, { url, accept }, view) {
  const isHtml = wantsHtml(accept);
  const traceId = /([^/?]*)\/*(?:\?|$)/.exec(url)?.[1] ?? "";
  if (!/^[0-9a-f]{32}$/.test(traceId)) return isHtml ? markup(400, noIdPage(view)) : json(400, { error: noTraceId });
  const spans = traces.find(traceId);
  if (spans === undefined && isHtml) return markup(404, missingPage(traceId, traces.list().length, view));
  // a page asks while the first span still goes on: to a program, that is no error
  return isHtml
    ? markup(200, tracePage({ traceId, spans: spans ?? [] }, view))
    : json(200, { traceId, spans: spans ?? [] });
}

/**
 * Browsers would rather have HTML than anything. Who takes anything, such as curl, gets JSON.
 *
 * @param {string | undefined} accept
 */
function wantsHtml(accept = "*/*") {
  const ranges = accept.toLowerCase().split(",");
  return weightOf(ranges, "text/html") > weightOf(ranges, "application/json");
}

/**
 * @param {readonly string[]} ranges
 * @param {string} type
 */
function weightOf(ranges, type) {
  const range = ranges.map((each) => each.split(";").map((part) => part.trim())).find(([name]) => name === type);
  if (range === undefined) return 0;
  const weight = range.find((part) => part.startsWith("q="))?.slice(2);
  return weight === undefined ? 1 : Number.parseFloat(weight);
}

/**
 * @param {number} status
 * @param {import("./html.js").Markup} content
 * @returns {Answer}
 */
function markup(status, content) {
  const type = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
  return { status, headers: { ...type, ...fresh }, body: content.text };
}

/** A trace grows, and a page of it names what must not be kept elsewhere. */
const fresh = { "cache-control": "no-store", vary: "accept", "x-content-type-options": "nosniff" };

/**
 * @param {number} status
 * @param {object} content
 * @returns {Answer}
 */
function json(status, content) {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...fresh },
    body: JSON.stringify(content),
  };
}

/**
 * @param {string} name
 * @param {string} type
 * @returns {Promise<Answer>}
 */
async function file(name, type) {
  const body = await readFile(new URL(name, import.meta.url), "utf8");
  return { status: 200, headers: { "content-type": type, "cache-control": "no-cache" }, body };
}
