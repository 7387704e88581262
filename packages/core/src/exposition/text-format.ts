import { familyName } from "../catalogue/row.ts";
import type { Exemplar } from "../instruments/metric.ts";
import { preferredType } from "./accept.ts";
import type { MetricJson } from "./registry-metrics.ts";

/** The two text formats that Prometheus reads. */
export type ExpositionFormat = "classic" | "openmetrics";

export const contentTypes: Readonly<Record<ExpositionFormat, string>> = {
  classic: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** What a scraper may name, the preferred first where it does not mind: a person with curl gets the classic text. */
const offers = new Map<string, ExpositionFormat>([
  ["text/plain;version=0.0.4", "classic"],
  ["text/plain;version=0.0.4;escaping=allow-utf-8", "classic"],
  ["text/plain", "classic"],
  ["application/openmetrics-text;version=1.0.0", "openmetrics"],
  ["application/openmetrics-text;version=1.0.0;escaping=allow-utf-8", "openmetrics"],
  ["application/openmetrics-text", "openmetrics"],
]);

/** The format that an `Accept` header prefers; the classic one where it names neither. */
export function negotiateFormat(accept: string | undefined): ExpositionFormat {
  if (accept === undefined) return "classic";
  const chosen = preferredType(accept, [...offers.keys()]);
  return offers.get(chosen ?? "") ?? "classic";
}

/** Small enough that writing one never holds up the event loop. */
const chunkCharacters = 32_768;

/** The exposition, in pieces of about 32 KiB, so that the event loop has a turn between two of them. */
export function* renderExposition(metrics: readonly MetricJson[], format: ExpositionFormat): Generator<string> {
  let chunk = "";
  for (const metric of metrics) {
    for (const line of linesOf(metric, format)) {
      chunk += line;
      if (chunk.length < chunkCharacters) continue;
      yield chunk;
      chunk = "";
    }
  }
  yield format === "openmetrics" ? `${chunk}# EOF\n` : chunk;
}

function* linesOf(metric: MetricJson, format: ExpositionFormat): Generator<string> {
  const open = format === "openmetrics";
  const family = open ? familyName(metric) : metric.name;
  yield `# HELP ${family} ${escapeHelp(metric.help, open)}\n# TYPE ${family} ${typeText(metric.type, open)}\n`;
  for (const sample of metric.values ?? []) {
    const name = open && metric.type === "counter" ? `${family}_total` : (sample.metricName ?? metric.name);
    const exemplar = open && sample.exemplar ? exemplarText(sample.exemplar) : "";
    yield `${name}${labelText(sample.labels ?? {}, open)} ${valueText(sample.value)}${exemplar}\n`;
  }
}

function typeText(type: string, open: boolean): string {
  if (type !== "untyped" && type !== "unknown") return type;
  return open ? "unknown" : "untyped";
}

/** OpenMetrics allows an exemplar's labels 128 characters together; a longer one is left out. */
function exemplarText({ labelSet, value, timestamp }: Exemplar): string {
  const pairs = Object.entries(labelSet);
  const length = pairs.reduce((sum, [name, text]) => sum + [...name].length + [...String(text)].length, 0);
  if (length > 128) return "";
  const labels = pairs.length === 0 ? "{}" : labelText(labelSet, false);
  return ` # ${labels} ${valueText(value)} ${timestamp.toFixed(3)}`;
}

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
