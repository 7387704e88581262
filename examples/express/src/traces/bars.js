import { duration } from "./figures.js";
import { html } from "./html.js";
import { phaseNames } from "./phases.js";

/** Bars as SVG. All of it is said in words beside it, so that readers of a screen skip it. */

/** @typedef {import("./phases.js").Phase | "span" | "foreign" | "failed"} Look */

/**
 * @typedef {object} Piece
 * @property {Look} look
 * @property {number} x in percent of the bar
 * @property {number} width
 */

/** Those with a pattern: colour alone tells nothing to many. */
const patterned = new Set(["line", "queue", "prompt", "tool", "app", "after"]);

/** In percent: a bar that is there at all is seen. */
const leastShare = 0.6;

/**
 * Places parts one behind the other, each where it was and as long as it was: bars below each other are on one axis. A piece may be too small to be seen,
 * and the words beside the bar say it. A bar may not: a small one is one piece, its longest.
 *
 * @param {Parts} parts
 * @param {number} x where they begin, in percent
 * @param {number} width of all of them
 * @returns {readonly Piece[]}
 */
export function piecesOf(parts, x, width) {
  if (width <= leastShare) return [{ look: longestOf(parts), x, width: leastShare }];
  const sum = parts.reduce((total, [, value]) => total + value, 0);
  let from = x;
  return parts.map(([look, value]) => {
    const piece = { look, x: from, width: (value / sum) * width };
    from += piece.width;
    return piece;
  });
}

/**
 * @param {Parts} parts
 * @returns {Look}
 */
function longestOf(parts) {
  const [longest] = [...parts].sort(([, one], [, other]) => other - one);
  return longest?.[0] ?? "span";
}

/**
 * Without the pieces that would be a dot each, where a bar is an overview: what is beside one takes its place.
 *
 * @param {readonly Piece[]} pieces
 * @returns {readonly Piece[]}
 */
export function withoutDots(pieces) {
  const { x = 0, width = 0 } = pieces.at(-1) ?? {};
  const large = pieces.filter((piece) => piece.width >= leastSeen);
  const kept = large.length > 0 ? large : [...pieces].sort((one, other) => other.width - one.width).slice(0, 1);
  return kept.map((piece, at) => {
    const from = (at === 0 ? pieces[0] : piece)?.x ?? 0;
    return { ...piece, x: from, width: (kept[at + 1]?.x ?? x + width) - from };
  });
}

/** In percent. */
const leastSeen = 1;

/** @typedef {readonly (readonly [look: Look, value: number])[]} Parts */

/**
 * The phases as parts of a bar; a plain one where there are none.
 *
 * @param {readonly import("./phases.js").Stretch[]} stretches
 * @param {Look} plain
 * @returns {Parts}
 */
export function partsOf(stretches, plain = "span") {
  if (stretches.length === 0) return [[plain, 1]];
  return stretches.map(({ phase, from, to }) => [phase, to - from]);
}

/**
 * What failed did so at its end.
 *
 * @param {readonly Piece[]} pieces
 * @returns {readonly Piece[]}
 */
export function withFailure(pieces) {
  const { x = 0, width = 0 } = pieces.at(-1) ?? {};
  return [...pieces, { look: "failed", x: Math.max(x + width - failureShare, 0), width: failureShare }];
}

const failureShare = 1;

/** @param {readonly Piece[]} pieces */
export const bar = (pieces) => html`<svg class="bar" aria-hidden="true" focusable="false">${pieces.map(rect)}</svg>`;

/**
 * A moment, as a line across a bar and what is above and below it.
 *
 * @param {number} at in percent of the bar
 */
export function moment(at) {
  const line = (/** @type {string} */ look) =>
    html`<line class="${look}" x1="${shown(at)}" x2="${shown(at)}" y1="0" y2="100%"/>`;
  return html`<svg class="moment" aria-hidden="true" focusable="false">${[line("halo"), line("exact")]}</svg>`;
}

/** @param {Piece} piece */
function rect({ look, x, width }) {
  const left = Math.min(Math.max(x, 0), 100);
  const fill = patterned.has(look) ? html` fill="url(#${look})"` : undefined;
  return html`<rect class="piece ${look}"${fill} x="${shown(left)}" width="${shown(Math.min(width, 100 - left))}"/>`;
}

/** @param {number} percent */
const shown = (percent) => `${Math.round(percent * 100) / 100}%`;

/** @param {Look} look */
const swatch = (look) =>
  html`<svg class="bar swatch" aria-hidden="true" focusable="false">${rect({ look, x: 0, width: 100 })}</svg>`;

/**
 * The phases that occur, with how long each was in all, if that is known.
 *
 * @param {readonly (readonly [phase: import("./phases.js").Phase, ms: number | undefined])[]} totals
 */
export function legend(totals) {
  const items = totals.map(
    ([phase, ms]) =>
      html`<li>${swatch(phase)}${phaseNames[phase]}${ms === undefined ? undefined : html` <b>${duration(ms)}</b>`}</li>`,
  );
  return html`<ul class="legend">${items}</ul>`;
}

/**
 * The same in one sentence.
 *
 * @param {readonly (readonly [phase: import("./phases.js").Phase, ms: number])[]} totals
 */
export const inWords = (totals) => totals.map(([phase, ms]) => `${phaseNames[phase]} ${duration(ms)}`).join(", ");

/**
 * @param {string} id
 * @param {number} side
 * @param {string} marks
 */
const pattern = (id, side, marks) =>
  html`<pattern id="${id}" class="fill-${id}" width="${side}" height="${side}" patternUnits="userSpaceOnUse"><rect width="${side}" height="${side}"/><path d="${marks}"/></pattern>`;

/** The patterns, for all bars of a page. */
export const patterns = html`<svg class="patterns" aria-hidden="true" focusable="false">${[
  pattern("line", 4, "M0 4 4 0M-1 1 1-1M3 5 5 3"),
  pattern("queue", 4, "M0 0 4 4M-1 3 1 5M3-1 5 1"),
  pattern("prompt", 6, "M5.5 0V6"),
  pattern("tool", 4, "M1 1h1.6v1.6H1Z"),
  pattern("app", 4, "M1 0V4"),
  pattern("after", 9, "M0 4H6"),
]}</svg>`;
