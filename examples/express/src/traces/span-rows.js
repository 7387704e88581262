/** The spans of a trace under each other, parents before their children. */

/** @typedef {import("@aiwatch/tracing").RecentSpan} Span */

/**
 * @typedef {object} SpanRow
 * @property {Span} span
 * @property {number} depth
 * @property {Span | undefined} parent
 */

/**
 * A span whose parent is not here, such as a caller's, is at the top, and so is one of a circle. Those of one parent stay in their order.
 *
 * @param {readonly Span[]} spans in the order in which they started
 * @returns {readonly SpanRow[]}
 */
export function inTreeOrder(spans) {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  /** @type {Map<Span, Span[]>} */
  const children = new Map();
  for (const span of spans) {
    const parent = byId.get(span.parentSpanId ?? "");
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  /** @type {Map<Span, SpanRow>} */
  const rows = new Map();
  /** @type {(span: Span, depth: number, parent: Span | undefined) => void} */
  const add = (span, depth, parent) => {
    if (rows.has(span)) return;
    rows.set(span, { span, depth, parent });
    for (const child of children.get(span) ?? []) add(child, depth + 1, span);
  };
  for (const span of spans) if (!byId.has(span.parentSpanId ?? "")) add(span, 0, undefined);
  // what is left is nobody's descendant
  for (const span of spans) add(span, 0, undefined);
  return [...rows.values()];
}
