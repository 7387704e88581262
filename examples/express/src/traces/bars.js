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
const patterned = new Set(["line", "queue", "prompt", "tool"]);

/** What is there at all is seen. */
const leastShare = 0.6;

/**
 * Places parts one behind the other. What the smallest are made wider by, the widest is narrower.
 *
 * @param {Parts} parts
 * @param {number} x where they begin, in percent
 * @param {number} width of all of them
 * @returns {readonly Piece[]}
 */
export function piecesOf(parts, x, width) {
  const sum = parts.reduce((total, [, value]) => total + value, 0);
  const widths = parts.map(([, value]) => Math.max(sum > 0 ? (value / sum) * width : 0, leastShare));
  const widest = widths.indexOf(Math.max(...widths));
  const excess = widths.reduce((total, each) => total + each, -Math.max(width, leastShare));
  let from = x;
  return parts.map(([look], at) => {
    const each = Math.max((widths[at] ?? 0) - (at === widest ? Math.max(excess, 0) : 0), leastShare);
    const piece = { look, x: from, width: each };
    from += each;
    return piece;
  });
}

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

/**
 * @param {readonly Piece[]} pieces
 * @param {number} [mark] where a line crosses it, in percent
 */
export function bar(pieces, mark) {
  const crossing =
    mark === undefined ? undefined : html`<line x1="${shown(mark)}" x2="${shown(mark)}" y1="0" y2="100%"/>`;
  return html`<svg class="bar" aria-hidden="true" focusable="false">${pieces.map(rect)}${crossing}</svg>`;
}

/** @param {Piece} piece */
function rect({ look, x, width }) {
  const left = Math.min(Math.max(x, 0), 100 - leastShare);
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
]}</svg>`;
