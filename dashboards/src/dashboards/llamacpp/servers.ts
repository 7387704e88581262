import { type CounterRow, catalogue, type GaugeRow } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { toDashboard } from "../../panels/links.ts";
import { describe } from "../../panels/panel.ts";
import { metricTable } from "../../panels/tables.ts";
import { perSecondUnitOf, ratioUnit, unitOf } from "../../panels/units.ts";
import { chosen, lines, now, recent } from "../../promql/panel-queries.ts";
import { type Matching, type NotMatching, select } from "../../promql/select.ts";
import { averageBy, maxBy, ratio, sumBy, type Vector } from "../../promql/vector.ts";
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

/** Names of servers on the process's own machine or in its pod: each process has another one by the same name. */
const beside = "(localhost|127[.].+|.::1.)(:.+)?";

/**
 * A figure of servers, from a figure of each process that watches one. Those that watch one server elsewhere read the same, which is not added up; servers beside
 * their processes are.
 */
function ofServers<const Label extends string, const By extends readonly Label[]>(
  figure: (server: Matching | NotMatching) => Vector<Label>,
  ...by: By
): Vector<By[number]> {
  const [each, shared] = [sumBy(figure({ matching: beside }), ...by), maxBy(figure({ notMatching: beside }), ...by)];
  return { promql: `(${each.promql} or ${shared.promql})`, labels: by };
}

const rateOf = (row: Served<CounterRow>, { perSecond } = lines) =>
  ofServers((server) => perSecond(row, { server }), "server", "model");

const ofModel = (row: Served<GaugeRow>) =>
  ofServers((server) => select(row, { scope: chosen, matchers: { server } }), "server", "model");

const ofModels = (
  title: string,
  row: Served<GaugeRow>,
  sentence: string,
  width: number,
  vector: Vector<"server" | "model"> = now(row, "server", "model"),
) =>
  timeSeries({
    title,
    description: describe(sentence, row),
    unit: unitOf(row),
    queries: [{ vector, legend: "{{model}} on {{server}}" }],
    noValue: noServers,
    width,
  });

const up = timeSeries({
  title: "Model servers ready",
  description: describe(
    "The share of the processes that find a watched server ready to serve: 1 is good. In between, servers beside some of the processes are not ready, or not every process reaches the server.",
    modelServerUp,
  ),
  unit: ratioUnit,
  queries: [{ vector: averageBy(select(modelServerUp, { scope: chosen }), "server"), legend: "{{server}}" }],
  noValue: noServers,
  width: 6,
});

const restarts = timeSeries({
  title: "Restarts of model servers",
  description: describe("How often per second a watched server began anew.", modelServerRestarts),
  unit: perSecondUnitOf(modelServerRestarts),
  queries: [
    {
      vector: ofServers((server) => lines.perSecond(modelServerRestarts, { server }), "server"),
      legend: "{{server}}",
    },
  ],
  noValue: noServers,
  width: 6,
});

const slots = timeSeries({
  title: "Slots of model servers",
  description: describe("Slots that process a request, and those that wait for one.", modelServerSlots),
  unit: unitOf(modelServerSlots),
  stacked: true,
  queries: [
    {
      vector: ofServers(
        (server) => select(modelServerSlots, { scope: chosen, matchers: { server } }),
        "server",
        "model",
        "state",
      ),
      legend: "{{state}} {{model}} on {{server}}",
    },
  ],
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
      // a server names each model once, whoever reads it: servers beside their processes are not told apart here
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
    {
      vector: ofServers(
        (server) => select(modelServerMemory, { scope: chosen, matchers: { server } }),
        "server",
        "model",
        "place",
      ),
      legend: "{{place}} {{model}} on {{server}}",
    },
  ],
  colors: "by place",
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
  ofServers((server) => select(modelServerSlots, { scope: chosen, matchers: { state, server } }), "server", "model");

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
    { title: "Deferred", vector: ofModel(modelServerDeferred), unit: unitOf(modelServerDeferred) },
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
      vector: rateOf(llamaCppServerPromptEvalTokens, recent),
      unit: perSecondUnitOf(llamaCppServerPromptEvalTokens),
    },
    {
      title: "Output",
      vector: rateOf(llamaCppServerOutputTokens, recent),
      unit: perSecondUnitOf(llamaCppServerOutputTokens),
    },
  ],
  links: [toDashboard("llm-dashboard", "This model", "model")],
  widths: { Model: 240, Server: 200 },
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
    ofModels(
      "Deferred by model servers",
      modelServerDeferred,
      "Requests that wait in the server for a slot.",
      6,
      ofModel(modelServerDeferred),
    ),
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
