import { type CatalogueRow, catalogue, type LabelRule } from "@aiwatch/core";
import type { DynamicConfigValue, FieldConfigSource } from "@grafana/grafana-foundation-sdk/dashboard";
import { type Query, refIdOf } from "./queries.ts";

/** One colour of Grafana's palette for one meaning, on every panel of every dashboard. */
const grey = "#8e8e8e";
const good = "green";
const bad = "red";
const warning = "yellow";
const waits = "orange";
const prefill = "purple";
const decode = "blue";

/** The colours of labels' values, by label. */
const ofValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  finish_reason: { stop: good, length: warning, tool_calls: decode, aborted: grey, error: bad },
  outcome: {
    got: good,
    ok: good,
    answered: good,
    taken: good,
    unknown_trace: grey,
    no_exporter: warning,
    good,
    admitted: good,
    used: good,
    unused: warning,
    refuted: waits,
    left: grey,
    aborted: grey,
    refused: bad,
    failed: bad,
    error: bad,
    bad,
  },
  state: {
    active: decode,
    free: grey,
    used: waits,
    total: "text",
    loaded: good,
    loading: warning,
    sleeping: "super-light-blue",
    unloaded: grey,
    failed: bad,
    answered: good,
    silent: bad,
  },
  direction: { input: prefill, output: decode },
  judgement: { kept: good, missed: bad },
  // of errors: where they happened
  operation: { http: bad, inference: waits, tool: prefill, client: warning },
};

/** A status has its class's colour; 499 is a caller who went away, which is no error. Later ones win. */
const ofStatus: readonly (readonly [pattern: string, color: string])[] = [
  ["2\\d\\d", good],
  ["3\\d\\d", decode],
  ["4\\d\\d", warning],
  ["499", grey],
  ["5\\d\\d", bad],
];

/** The colours of a legend's first word. */
const ofWords: Readonly<Record<string, string>> = {
  p50: "super-light-blue",
  p75: "light-blue",
  p95: decode,
  p99: prefill,
  mean: "text",
  objective: "semi-dark-red",
  before: "light-green",
  up: good,
  unreachable: bad,
  line: warning,
  queue: waits,
  tools: "light-blue",
  queued: waits,
  waiting: waits,
  prompt: prefill,
  prompts: prefill,
  evaluated: prefill,
  contexts: prefill,
  model: decode,
  input: prefill,
  decode,
  output: decode,
  active: decode,
  generation: decode,
  cached: good,
  prefilled: "light-purple",
  thought: "light-blue",
  undelivered: grey,
};

const dashed: DynamicConfigValue = { id: "custom.lineStyle", value: { fill: "dash", dash: [8, 6] } };
/** What is no measurement of its own beside the others. */
const dashedWords = new Set(["mean", "objective", "p50"]);
/** Where a panel has one such line for each process, they have to be told apart: each has the colour of its name. */
const toldApart = new Set(["p95", "p99"]);
const unnamed: DynamicConfigValue = { id: "custom.hideFrom", value: { legend: true, tooltip: false, viz: false } };

type Override = FieldConfigSource["overrides"][number];

const placeholders = /\{\{(\w+)\}\}/g;
const escaped = (text: string) => text.replaceAll(/[\\^$*+?.()[\]{}|/]/g, String.raw`\$&`);

/** The names that a legend makes, as a regular expression; `value` stands for the label's. */
function namesOf(legend: string, label = "", value = ""): string {
  const parts = legend.split(placeholders);
  const texts = parts.map((part, index) => {
    if (index % 2 === 0) return escaped(part);
    return part === label ? value : ".*";
  });
  return `/^${texts.join("")}$/`;
}

/** Where several series have one meaning, each has a shade of the colour. */
function override(pattern: string, color: string, properties: readonly DynamicConfigValue[] = []): Override {
  const mode = /\.\*|\\d/.test(pattern) ? "shades" : "fixed";
  return {
    matcher: { id: "byRegexp", options: pattern },
    properties: [{ id: "color", value: { mode, fixedColor: color } }, ...properties],
  };
}

const rows = new Map(Object.values<CatalogueRow>(catalogue).map((row) => [row.name, row]));

/** The values of a label that a query's series can have; every value that has a meaning where the label is not the catalogue's. */
function valuesOf(promql: string, label: string): readonly string[] {
  const [series = ""] = /genai_app_\w+/.exec(promql) ?? [];
  const row = rows.get(series) ?? rows.get(series.replace(/_(bucket|sum|count)$/, ""));
  const rule = row?.labels[label] as LabelRule | undefined;
  return rule?.values ?? Object.keys(ofValues[label] ?? {});
}

function overridesOf({ legend, vector }: Query): Override[] {
  const labels = [...legend.matchAll(placeholders)].map(([, label = ""]) => label);
  if (labels.includes("status"))
    return ofStatus.map(([pattern, color]) => override(namesOf(legend, "status", pattern), color));
  const label = labels.find((candidate) => candidate in ofValues);
  if (label !== undefined)
    return valuesOf(vector.promql, label).flatMap((value) => {
      const color = ofValues[label]?.[value];
      return color === undefined ? [] : [override(namesOf(legend, label, value), color)];
    });
  const [word = ""] = /^\w+/.exec(legend) ?? [];
  if (labels.length > 0 && toldApart.has(word)) return [];
  const color = ofWords[word];
  return color === undefined ? [] : [override(namesOf(legend), color, dashedWords.has(word) ? [dashed] : [])];
}

function besideAnother({ dashed: isDashed = false }: Query, index: number): Override[] {
  if (!isDashed) return [];
  return [{ matcher: { id: "byFrameRefID", options: refIdOf(index) }, properties: [dashed, unnamed] }];
}

/** What gives a panel's series the colours of their meaning, by their names. A series whose name has none keeps the palette's. */
export const colorOverrides = (queries: readonly Query[]): Override[] => [
  ...queries.flatMap(overridesOf),
  ...queries.flatMap(besideAnother),
];
