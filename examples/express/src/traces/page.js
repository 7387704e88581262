import { patterns } from "./bars.js";
import { html } from "./html.js";

/** @typedef {import("./html.js").Markup} Markup */

/**
 * What is true on every page.
 *
 * @typedef {object} View
 * @property {boolean} isOn whether traces are recorded
 * @property {string | undefined} home where the app's own page is, if it has one
 */

/**
 * One page of the view, without a script: every filter is a link.
 *
 * @param {string} title
 * @param {View} view
 * @param {...Markup | undefined} content
 */
export function page(title, { home }, ...content) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · AIWatch</title>
<link rel="icon" href="/traces/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/traces/looks.css">
<link rel="stylesheet" href="/traces/traces.css">
</head>
<body>
${patterns}
<header class="top">
<img src="/traces/icon.svg" alt="" width="26" height="26">
<p class="brand">AIWatch</p>
<nav aria-label="What the server shows">
${home === undefined ? undefined : html`<a href="${home}">new chat</a>`}
<a href="/traces"${title === "Traces" ? html` aria-current="page"` : undefined}>traces</a>
<a href="/metrics">metrics</a>
<a href="/health">health</a>
</nav>
</header>
<main>
${content}
</main>
</body>
</html>
`;
}

/** Why there are no traces at all. */
export const tracingIsOff = html`<p class="note"><b>Tracing is off in this process</b>, so that there are no traces. <code>TRACING_ENABLED</code>, <code>AIWATCH_DISABLED</code> and <code>OTEL_SDK_DISABLED</code> decide.</p>`;
