import { html } from "./html.js";
import { page, tracingIsOff } from "./page.js";

/**
 * There is no such trace, and why that may be.
 *
 * @param {string} traceId
 * @param {number} kept how many traces are kept now
 * @param {import("./page.js").View} view
 */
export function missingPage(traceId, kept, view) {
  const reasons = html`<p>It may be one of these:</p>
<ul class="reasons">
<li><b>It goes on.</b> A span is here once it has ended: <a href="/traces/${traceId}">load again</a>.</li>
<li><b>It was forgotten.</b> The latest traces alone are kept, in memory, and none over a restart: ${kept} now.</li>
<li><b>It was not sampled.</b> The caller’s <code>traceparent</code>, <code>OTEL_TRACES_SAMPLER</code> and <code>OTEL_TRACES_SAMPLER_ARG</code> decide.</li>
<li><b>Another process has it.</b> A trace back end, such as Jaeger, has those of all.</li>
</ul>`;
  return page(
    "No such trace",
    view,
    html`<p class="back"><a href="/traces">All traces</a></p><h1>No such trace</h1><p class="ids"><code>${traceId}</code></p>`,
    view.isOn ? reasons : tracingIsOff,
  );
}

/** What was asked for is no trace id. */
export const noTraceId = "a trace id is 32 hexadecimal digits in lower case";

/** @param {import("./page.js").View} view */
export function noIdPage(view) {
  const content = html`<p class="back"><a href="/traces">All traces</a></p><h1>No trace id</h1><p class="note">The address names no trace: ${noTraceId}.</p>`;
  return page("No trace id", view, content);
}
