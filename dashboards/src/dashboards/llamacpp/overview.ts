import { catalogue } from "@aiwatch/core";
import { chartHeight } from "../../panels/charts.ts";
import { toDashboard } from "../../panels/links.ts";
import { tile, trendHeight } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { type MetricColumn, metricTable } from "../../panels/tables.ts";
import { ratioUnit, unitOf } from "../../panels/units.ts";
import type { ModelGauge } from "../../promql/builders.ts";
import { now, recent } from "../../promql/panel-queries.ts";
import { ratio, sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { activeInferencesCourse, goodputTile, queuedInferencesCourse } from "../shared/inferences.ts";
import { contextShiftTile, kvCacheTile } from "../shared/kv-cache.ts";
import { eventLoopTile, readerWaitTile, timePerTokenTile, tokenGapTile } from "../shared/latency.ts";
import { phases } from "../shared/phases.ts";
import { waitingTile } from "../shared/waiting.ts";
import { speedOverTime } from "./tokens.ts";

const { llamaCppTokensPerSecond, contextSize, memoryPerToken, threadsUsed, batchSize, modelMemory } = catalogue;
const { cachedPromptTokens, chatTokens } = catalogue;

const speed = tile({
  title: "Tokens per second",
  description: describe("How fast each model generates now.", llamaCppTokensPerSecond),
  unit: unitOf(llamaCppTokensPerSecond),
  queries: [{ vector: now(llamaCppTokensPerSecond, "model"), legend: "{{model}}" }],
  noValue: "Idle",
  width: 6,
  height: chartHeight,
});

const setting = (title: string, row: ModelGauge): MetricColumn => ({
  title,
  vector: now(row, "model"),
  unit: unitOf(row),
});

/** Six models fit in. */
const tableHeight = 9;

/** Tiles would have to repeat each model's name: with more than two, none could be read. */
const byModel = metricTable({
  title: "Settings by model",
  description: describe(
    "A line for each model: the tokens that fit into one conversation, what each of them costs, the CPU threads that the model decodes with, the tokens that one decode may hold, the memory of its tensors, and how much of its prompts' tokens the KV cache already had in the last five minutes: the higher, the sooner answers begin. A click on a name shows that model alone.",
    contextSize,
    memoryPerToken,
    threadsUsed,
    batchSize,
    modelMemory,
    cachedPromptTokens,
    chatTokens,
  ),
  by: { model: "Model" },
  metrics: [
    setting("Context window", contextSize),
    setting("Memory per token", memoryPerToken),
    setting("Threads", threadsUsed),
    setting("Batch size", batchSize),
    setting("Model memory", modelMemory),
    {
      title: "Prompt tokens from cache",
      vector: ratio(
        sumBy(recent.perSecond(cachedPromptTokens), "model"),
        sumBy(recent.perSecond(chatTokens, { direction: "input" }), "model"),
      ),
      unit: ratioUnit,
      decimals: 0,
    },
  ],
  links: [toDashboard("llamacpp-dashboard", "This model", "model")],
  widths: { Model: 230, Threads: 80, "Batch size": 90, "Prompt tokens from cache": 200 },
  noValue: "No model yet",
  width: 18,
  height: tableHeight,
});

/** How fast, how full, how busy and how good, and where the time goes. */
export const overview: Row = {
  title: "Overview",
  panels: [
    readerWaitTile(3, trendHeight),
    timePerTokenTile(3, trendHeight),
    goodputTile(),
    waitingTile(),
    activeInferencesCourse(),
    queuedInferencesCourse(),
    kvCacheTile(trendHeight),
    contextShiftTile(trendHeight),
    speed,
    speedOverTime(9),
    phases(9),
  ],
};

/** With what settings, and what they save. */
export const settings: Row = {
  title: "Settings and cache",
  panels: [byModel, tokenGapTile(tableHeight), eventLoopTile(tableHeight)],
};
