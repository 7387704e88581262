import { bar, inWords, legend, partsOf, piecesOf, withFailure, withoutDots } from "./bars.js";
import { count, dayAndTime, duration, isoTime, unknown } from "./figures.js";
import { html } from "./html.js";
import { page, tracingIsOff } from "./page.js";
import { phases as allPhases, totalsOf } from "./phases.js";
import { factsOf, outcomeNames, outcomes, stretchesOf } from "./trace-facts.js";

/** The latest traces, one a row. */

/** @typedef {import("./trace-facts.js").TraceFacts} TraceFacts */
/** @typedef {import("@aiwatch/tracing").RecentTrace} Trace */

/**
 * @typedef {object} Row
 * @property {TraceFacts} facts
 * @property {readonly import("./phases.js").Stretch[]} stretches
 */

/**
 * What is chosen; undefined is all.
 *
 * @typedef {{ model: string | undefined, outcome: string | undefined }} Filter
 */

/**
 * The traces that were begun last first.
 *
 * @param {readonly Trace[]} traces
 * @returns {readonly Row[]}
 */
export function rowsOf(traces) {
  const rows = traces.map((trace) => ({ facts: factsOf(trace), stretches: stretchesOf(trace) }));
  return rows.sort((one, other) => other.facts.startTimeMs - one.facts.startTimeMs);
}

/**
 * @param {TraceFacts} facts
 * @param {Filter} filter
 */
export function fits({ models, outcome }, filter) {
  const isModel = filter.model === undefined || models.includes(filter.model);
  return isModel && (filter.outcome === undefined || outcome === filter.outcome);
}

/**
 * @param {readonly Row[]} rows
 * @param {Filter} filter
 * @param {import("./page.js").View} view
 */
export function listPage(rows, filter, view) {
  const shown = rows.filter(({ facts }) => fits(facts, filter));
  const chosen = shown.length === rows.length ? undefined : html`${count(shown.length)} of `;
  const heading = html`<h1>Traces <small>${chosen}the latest ${count(rows.length)}</small></h1>`;
  if (rows.length === 0) return page("Traces", view, html`<h1>Traces</h1>`, view.isOn ? nothingYet : tracingIsOff);
  const content =
    shown.length === 0
      ? html`<p class="note">No kept trace is like that. <a href="/traces">Show all</a></p>`
      : table(shown);
  return page("Traces", view, heading, filters(rows, filter), content);
}

const nothingYet = html`<p class="note"><b>No trace yet.</b> Ask the model something, then <a href="/traces">load this page again</a>.</p>`;

/**
 * @param {readonly Row[]} rows
 * @param {Filter} filter
 */
function filters(rows, filter) {
  const facts = rows.map((row) => row.facts);
  const models = [
    ...new Set([...facts.flatMap((each) => each.models), ...(filter.model === undefined ? [] : [filter.model])]),
  ];
  const known = outcomes.filter(
    (outcome) => outcome === filter.outcome || facts.some((each) => each.outcome === outcome),
  );
  const chip = (/** @type {Filter} */ chosen, /** @type {string} */ text) => {
    const isCurrent = chosen.model === filter.model && chosen.outcome === filter.outcome;
    const fitting = facts.filter((each) => fits(each, chosen)).length;
    return html`<li><a href="${linkTo(chosen)}"${isCurrent ? html` aria-current="true"` : undefined}><span>${text}</span> <small>${count(fitting)}</small></a></li>`;
  };
  return html`<nav class="filters" aria-label="Filters">
<p id="by-outcome">Outcome</p>
<ul aria-labelledby="by-outcome">${chip({ ...filter, outcome: undefined }, "all")}${known.map((outcome) => chip({ ...filter, outcome }, outcomeNames[outcome]))}</ul>
<p id="by-model">Model</p>
<ul aria-labelledby="by-model">${chip({ ...filter, model: undefined }, "all")}${models.map((model) => chip({ ...filter, model }, model))}</ul>
</nav>`;
}

/** @param {Filter} filter */
function linkTo({ model, outcome }) {
  const search = new URLSearchParams();
  if (model !== undefined) search.set("model", model);
  if (outcome !== undefined) search.set("outcome", outcome);
  return search.size === 0 ? "/traces" : `/traces?${search}`;
}

/** @param {readonly Row[]} rows */
function table(rows) {
  const longest = Math.max(1, ...rows.map(({ facts }) => facts.durationMs ?? 0));
  const occurring = new Set(rows.flatMap(({ stretches }) => stretches.map(({ phase }) => phase)));
  const phases = allPhases.filter((phase) => occurring.has(phase));
  const head = (/** @type {string} */ text, look = "") =>
    html`<th role="columnheader" scope="col" class="${look}">${text}</th>`;
  const key = legend(phases.map((phase) => /** @type {const} */ ([phase, undefined])));
  return html`<div class="traces">
<div class="key"><p>A bar’s full width is ${duration(longest)}.</p>${key}</div>
<table role="table" aria-label="The latest traces">
<thead role="rowgroup"><tr role="row">${head("began (UTC)", "time")}${head("request", "name")}${head("model", "model")}${head("outcome", "outcome")}${head("phases", "phases")}${head("tokens", "tokens")}${head("first token", "first")}${head("in all", "took")}</tr></thead>
<tbody role="rowgroup">
${rows.map((row) => tableRow(row, longest))}
</tbody>
</table>
</div>`;
}

/**
 * @param {Row} row
 * @param {number} longest
 */
function tableRow({ facts, stretches }, longest) {
  const { traceId, name, startTimeMs, models, outcome, outputTokens, durationMs, firstTokenMs } = facts;
  const time = dayAndTime(startTimeMs);
  return html`<tr role="row">
<td role="cell" class="time"><time datetime="${isoTime(startTimeMs)}">${time}</time></td>
<td role="cell" class="name"><a href="/traces/${traceId}">${name}<span class="unseen"> at ${time}</span></a></td>
<td role="cell" class="model">${models.length === 0 ? unknown : models.join(", ")}</td>
<td role="cell" class="outcome ${outcome ?? "unknown"}">${endingOf(facts)}</td>
<td role="cell" class="phases">${phasesCell({ facts, stretches }, longest)}</td>
<td role="cell" class="tokens">${count(outputTokens)}<span class="label"> tokens</span></td>
<td role="cell" class="first"><span class="label">first token </span>${duration(firstTokenMs)}</td>
<td role="cell" class="took"><span class="label">in all </span>${duration(durationMs)}</td>
</tr>`;
}

/** @param {TraceFacts} facts */
function endingOf({ outcome, status, failure }) {
  if (outcome === undefined) return "under way";
  if (outcome === "failed") return `✕ ${failure ?? "failed"}`;
  return outcome === "refused" && status !== undefined ? `refused, ${status}` : outcomeNames[outcome];
}

/**
 * @param {Row} row
 * @param {number} longest
 */
function phasesCell({ facts: { durationMs, outcome }, stretches }, longest) {
  if (durationMs === undefined) return undefined;
  const pieces = withoutDots(piecesOf(partsOf(stretches), 0, (durationMs / longest) * 100));
  const words = html`<span class="unseen">${inWords(totalsOf(stretches))}</span>`;
  return html`${words}${bar(outcome === "failed" ? withFailure(pieces) : pieces)}`;
}
