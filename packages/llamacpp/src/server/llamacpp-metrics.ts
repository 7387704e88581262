import type { ServedCounts, ServedModel } from "@aiwatch/core/adapter";
import { figureOf } from "./server-reading.ts";

/**
 * What llama-server's metrics are to us. `prompt_tokens_seconds` and `predicted_tokens_seconds` are left out: they begin anew at each scrape, so
 * that of two scrapers each sees a part.
 */
const counts: Readonly<Record<string, keyof ServedCounts>> = {
  prompt_tokens_total: "promptEvalTokens",
  prompt_tokens_cached_total: "cachedPromptTokens",
  prompt_seconds_total: "promptEvalSeconds",
  tokens_predicted_total: "outputTokens",
  tokens_predicted_seconds_total: "decodeSeconds",
  n_decode_total: "decodes",
};

const gauges: Readonly<Record<string, "activeSlots" | "deferredRequests">> = {
  requests_processing: "activeSlots",
  requests_deferred: "deferredRequests",
};

/** The metrics of one llama-server. */
export interface LlamaCppMetrics {
  /** The labels that a relay has added, by name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly counts: { -readonly [Name in keyof ServedCounts]: ServedCounts[Name] };
  readonly gauges: { -readonly [Name in "activeSlots" | "deferredRequests"]?: NonNullable<ServedModel[Name]> };
  /** Names of metrics whose values cannot be. */
  readonly absurd: string[];
}

const sample = /^llamacpp:(\w+)(?:\{(.*)\})? (\S+)(?: \d+)?$/gm;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Reads the text of `GET /metrics`: one entry for each set of labels. A last line without its end was cut, and is left out. */
export function parseLlamaCppMetrics(text: string): LlamaCppMetrics[] {
  const servers = new Map<string, LlamaCppMetrics>();
  for (const [, name = "", labels = "", value = ""] of text.slice(0, text.lastIndexOf("\n") + 1).matchAll(sample)) {
    const metrics = servers.get(labels) ?? { labels: parseLabels(labels), counts: {}, gauges: {}, absurd: [] };
    servers.set(labels, metrics);
    put(metrics, name, Number(value));
  }
  return [...servers.values()];
}

function put(metrics: LlamaCppMetrics, name: string, value: number): void {
  const count = counts[name];
  const gauge = gauges[name];
  if (count === undefined && gauge === undefined) return;
  const figure = figureOf(value);
  if (figure === undefined) metrics.absurd.push(`llamacpp:${name}`);
  else if (count !== undefined) metrics.counts[count] = figure;
  else if (gauge !== undefined) metrics.gauges[gauge] = figure;
}

function parseLabels(text: string): Record<string, string> {
  const pairs = Array.from(text.matchAll(label), ([, name = "", value = ""]) => [name, value.replace(/\\(.)/g, "$1")]);
  return Object.fromEntries(pairs);
}
