import { type CounterRow, catalogue, type GaugeRow } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { toDashboard } from "../../panels/links.ts";
import { describe } from "../../panels/panel.ts";
import { metricTable } from "../../panels/tables.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { chosen, now, perSecond, recent } from "../../promql/panel-queries.ts";
import { select } from "../../promql/select.ts";
import { maxBy, ratio, sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { kvCacheLimits } from "../shared/kv-cache.ts";

const {
  modelServerUp,
  modelServerRestarts,
  modelServerModels,
  modelServerSlots,
  modelServerDeferred,
  modelServerContextSize,
  modelServerMemory,
  llamaCppServerKvCacheUsage,
  llamaCppServerPromptEvalTokens,
  llamaCppServerCachedPromptTokens,
  llamaCppServerPromptEval,
  llamaCppServerOutputTokens,
  llamaCppServerDecode,
  llamaCppServerDecodes,
} = catalogue;

const noServers = "No server is watched";

type Served<Row> = Row & { readonly labels: { readonly server: object; readonly model: object } };

/** Several instances may watch one server, and read the same: their figures are not added up. */
const rateOf = (row: Served<CounterRow>) => maxBy(perSecond(row), "server", "model");

const ofModels = (title: string, row: Served<GaugeRow>, sentence: string, width: number) =>
  timeSeries({
    title,
    description: describe(sentence, row),
    unit: unitOf(row),
    queries: [{ vector: now(row, "server", "model"), legend: "{{model}} on {{server}}" }],
    noValue: noServers,
    width,
  });

const up = timeSeries({
  title: "Model servers ready",
  description: describe("1 while a watched server is ready to serve, 0 while it is not.", modelServerUp),
  unit: unitOf(modelServerUp),
  queries: [{ vector: now(modelServerUp, "server"), legend: "{{server}}" }],
  noValue: noServers,
  width: 6,
});

const restarts = timeSeries({
  title: "Restarts of model servers",
  description: describe("How often per second a watched server began anew.", modelServerRestarts),
  unit: perSecondUnitOf(modelServerRestarts),
  queries: [{ vector: maxBy(perSecond(modelServerRestarts), "server"), legend: "{{server}}" }],
  noValue: noServers,
  width: 6,
});

const slots = timeSeries({
  title: "Slots of model servers",
  description: describe("Slots that process a request, and those that wait for one.", modelServerSlots),
  unit: unitOf(modelServerSlots),
  stacked: true,
  queries: [{ vector: now(modelServerSlots, "server", "model", "state"), legend: "{{state}} {{model}} on {{server}}" }],
  noValue: noServers,
  width: 6,
});

const tokens = timeSeries({
  title: "Tokens of model servers",
  description: describe(
    "Tokens per second of all clients of the server, this app among them. Those that are generated are counted at the end of each answer.",
    llamaCppServerPromptEvalTokens,
    llamaCppServerCachedPromptTokens,
    llamaCppServerOutputTokens,
  ),
  unit: perSecondUnitOf(llamaCppServerOutputTokens),
  queries: [
    { vector: rateOf(llamaCppServerPromptEvalTokens), legend: "prompt {{model}} on {{server}}" },
    { vector: rateOf(llamaCppServerCachedPromptTokens), legend: "cached {{model}} on {{server}}" },
    { vector: rateOf(llamaCppServerOutputTokens), legend: "output {{model}} on {{server}}" },
  ],
  noValue: noServers,
  width: 8,
});

const speed = timeSeries({
  title: "Speed of model servers",
  description: describe(
    "Tokens over the time that the server worked on them: how fast it reads prompts and generates. A gap where it was idle.",
    llamaCppServerPromptEvalTokens,
    llamaCppServerPromptEval,
    llamaCppServerOutputTokens,
    llamaCppServerDecode,
  ),
  unit: perSecondUnitOf(llamaCppServerOutputTokens),
  queries: [
    {
      vector: ratio(rateOf(llamaCppServerPromptEvalTokens), rateOf(llamaCppServerPromptEval)),
      legend: "prompts {{model}} on {{server}}",
    },
    {
      vector: ratio(rateOf(llamaCppServerOutputTokens), rateOf(llamaCppServerDecode)),
      legend: "generation {{model}} on {{server}}",
    },
  ],
  noValue: noServers,
  width: 8,
});

const models = timeSeries({
  title: "Models of model servers",
  description: describe("How many models each server names, by their state.", modelServerModels),
  unit: unitOf(modelServerModels),
  stacked: true,
  queries: [
    {
      vector: sumBy(now(modelServerModels, "server", "model", "state"), "server", "state"),
      legend: "{{state}} on {{server}}",
    },
  ],
  noValue: noServers,
  width: 6,
});

const memory = timeSeries({
  title: "Memory of models in servers",
  description: describe("What the loaded models take in GPU memory and in main memory.", modelServerMemory),
  unit: unitOf(modelServerMemory),
  stacked: true,
  queries: [
    { vector: now(modelServerMemory, "server", "model", "place"), legend: "{{place}} {{model}} on {{server}}" },
  ],
  noValue: noServers,
  width: 6,
});

const decodes = timeSeries({
  title: "Decodes of model servers",
  description: describe("Native batches that the server decoded per second.", llamaCppServerDecodes),
  unit: perSecondUnitOf(llamaCppServerDecodes),
  queries: [{ vector: rateOf(llamaCppServerDecodes), legend: "{{model}} on {{server}}" }],
  noValue: noServers,
  width: 6,
});

const slotsIn = (state: "active" | "free") =>
  maxBy(select(modelServerSlots, { scope: chosen, matchers: { state } }), "server", "model");

const table = metricTable({
  title: "Model servers at a glance",
  description: describe(
    "A line for each model of each watched server: what it does now, and over the last five minutes. A click on a name shows that model alone.",
    modelServerSlots,
    modelServerDeferred,
    modelServerContextSize,
    llamaCppServerKvCacheUsage,
    llamaCppServerPromptEvalTokens,
    llamaCppServerOutputTokens,
  ),
  by: { model: "Model", server: "Server" },
  metrics: [
    { title: "Active slots", vector: slotsIn("active"), unit: unitOf(modelServerSlots) },
    { title: "Free slots", vector: slotsIn("free"), unit: unitOf(modelServerSlots) },
    { title: "Deferred", vector: now(modelServerDeferred, "server", "model"), unit: unitOf(modelServerDeferred) },
    { title: "Context", vector: now(modelServerContextSize, "server", "model"), unit: unitOf(modelServerContextSize) },
    {
      title: "KV cache",
      vector: now(llamaCppServerKvCacheUsage, "server", "model"),
      unit: unitOf(llamaCppServerKvCacheUsage),
      decimals: 0,
      limits: kvCacheLimits,
    },
    {
      title: "Prompts",
      vector: maxBy(recent.perSecond(llamaCppServerPromptEvalTokens), "server", "model"),
      unit: perSecondUnitOf(llamaCppServerPromptEvalTokens),
    },
    {
      title: "Output",
      vector: maxBy(recent.perSecond(llamaCppServerOutputTokens), "server", "model"),
      unit: perSecondUnitOf(llamaCppServerOutputTokens),
    },
  ],
  links: [toDashboard("llm-dashboard", "This model", "model")],
  noValue: noServers,
  width: 24,
  height: 6,
});

/** How the watched servers do, whoever their clients are. */
export const modelServers: Row = { title: "Model servers", panels: [table] };

/** What watched servers say of themselves. */
export const modelServersOverTime: Row = {
  title: "Model servers over time",
  collapsed: true,
  panels: [
    up,
    slots,
    ofModels("Deferred by model servers", modelServerDeferred, "Requests that wait in the server for a slot.", 6),
    restarts,
    tokens,
    speed,
    ofModels(
      "KV cache of model servers",
      llamaCppServerKvCacheUsage,
      "Of the slots at work the fullest. A gap where none works.",
      8,
    ),
    models,
    ofModels("Context size of model servers", modelServerContextSize, "Tokens that one slot can hold.", 6),
    memory,
    decodes,
  ],
};
