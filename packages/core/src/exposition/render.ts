import { familyName } from "../catalogue/row.ts";
import type { Exemplar } from "../instruments/metric.ts";
import type { ExpositionFormat } from "./format.ts";
import type { MetricJson } from "./metric-json.ts";
import { escapeHelp, labelText, valueText } from "./text.ts";

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
