/** The words and numbers of the exposition formats. */

/** A sample's value. */
export function valueText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}

/** A bound or quantile as OpenMetrics wants it: always with a fraction, `1.0`. */
export function boundText(bound: string | number): string {
  const number = Number(bound);
  if (Number.isNaN(number)) return String(bound);
  return Number.isInteger(number) ? number.toFixed(1) : valueText(number);
}

export function escapeHelp(help: string, quotes: boolean): string {
  const escaped = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return quotes ? escaped.replaceAll('"', '\\"') : escaped;
}

export function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

/** `{a="1",b="2"}`, nothing where there are no labels. */
export function labelText(labels: Readonly<Record<string, string | number>>, canonicalBounds: boolean): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const isBound = canonicalBounds && (name === "le" || name === "quantile");
    return `${name}="${isBound ? boundText(value) : escapeLabel(String(value))}"`;
  });
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
