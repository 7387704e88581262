import { runToEnd } from "../process/running-process.ts";
import { needTool } from "../tools/fetch-tool.ts";

/**
 * Reads `{"format", "texts"}` as JSON and writes one outcome for each text. Numbers travel as strings, because NaN and
 * the infinities are not JSON.
 */
export const PARSE_SCRIPT = `
import json, sys
sys.path.insert(0, sys.argv[1])
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as classic

def number(value):
    return None if value is None else repr(float(value))

def exemplar(value):
    return value and {"labels": value.labels, "value": number(value.value), "timestamp": number(value.timestamp)}

def sample(value):
    return {"name": value.name, "labels": value.labels, "value": number(value.value),
            "timestamp": number(value.timestamp), "exemplar": exemplar(value.exemplar)}

def family(value):
    return {"name": value.name, "documentation": value.documentation, "type": value.type, "unit": value.unit,
            "samples": [sample(each) for each in value.samples]}

def outcome(text):
    try:
        return {"ok": True, "families": [family(each) for each in parse(text)]}
    except Exception as error:
        return {"ok": False, "error": "%s: %s" % (type(error).__name__, error)}

request = json.load(sys.stdin.buffer)
parse = {"openmetrics": openmetrics, "classic": classic}[request["format"]].text_string_to_metric_families
json.dump([outcome(text) for text in request["texts"]], sys.stdout)
`;

export type ExpositionFormat = "openmetrics" | "classic";

export interface MetricFamily {
  readonly name: string;
  readonly documentation: string;
  readonly type: string;
  readonly unit: string;
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly value: number;
  /** Seconds. */
  readonly timestamp?: number;
  readonly exemplar?: { readonly labels: Record<string, string>; readonly value: number; readonly timestamp?: number };
}

export type ParseOutcome =
  | { readonly ok: true; readonly families: MetricFamily[] }
  | { readonly ok: false; readonly error: string };

/** Parses many texts in one Python process, which costs as much to start as a thousand small texts cost to parse. */
export async function parseExpositions(texts: readonly string[], format: ExpositionFormat): Promise<ParseOutcome[]> {
  const { pythonPath } = await needTool("openmetrics-parser");
  const stdin = JSON.stringify({ format, texts });
  const { code, stdout, stderr } = await runToEnd("python3", ["-I", "-B", "-c", PARSE_SCRIPT, pythonPath], { stdin });
  if (code !== 0) throw new Error(`the parser broke (code ${code}): ${stderr}`);
  return JSON.parse(stdout, revive);
}

/** The strictest reading of an OpenMetrics text there is. Throws the parser's message. */
export function parseOpenMetricsStrictly(text: string): Promise<{ families: MetricFamily[] }> {
  return parseOne(text, "openmetrics");
}

/** Prometheus's older text format. Its parser forgives much: promtool's `check metrics` is the stricter one. */
export function parseClassicText(text: string): Promise<{ families: MetricFamily[] }> {
  return parseOne(text, "classic");
}

async function parseOne(text: string, format: ExpositionFormat): Promise<{ families: MetricFamily[] }> {
  const [outcome] = await parseExpositions([text], format);
  if (!outcome?.ok) throw new Error(`not ${format}: ${outcome?.error}`);
  return { families: outcome.families };
}

/** Python's numbers, sent as strings, become numbers, and its None becomes absence. */
function revive(this: object, key: string, value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof value !== "string" || !isSampleOrExemplar(this) || !(key === "value" || key === "timestamp")) return value;
  return value.endsWith("inf") ? Number(value.replace("inf", "Infinity")) : Number(value);
}

/** Unlike a set of labels, which may have a label called "value". */
function isSampleOrExemplar(holder: object): boolean {
  return "labels" in holder && typeof holder.labels === "object";
}
