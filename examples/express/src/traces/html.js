/** Markup as text. Whatever is put into it is text of others, and escaped, unless it is markup itself. */

/** Markup that was made here. */
export class Markup {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** @typedef {Markup | string | number | undefined} Piece */
/** @typedef {Piece | readonly Piece[]} Content */

/**
 * @param {TemplateStringsArray} strings
 * @param {...Content} values `undefined` is nothing
 */
export function html(strings, ...values) {
  const parts = strings.map((markup, at) => markup + (at < values.length ? textOf(values[at]) : ""));
  return new Markup(parts.join(""));
}

/**
 * @param {Content} value
 * @returns {string}
 */
function textOf(value) {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(textOf).join("");
  return String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
