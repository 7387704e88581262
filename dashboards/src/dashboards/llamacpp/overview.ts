import { catalogue } from "@aiwatch/core";
import { chartHeight } from "../../panels/charts.ts";
import { dial, tile } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { ratioUnit, unitOf } from "../../panels/units.ts";
import type { ModelGauge } from "../../promql/builders.ts";
import { now, recent } from "../../promql/panel-queries.ts";
import { ratio, sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { activeInferencesTile, goodputTile, queuedInferencesTile } from "../shared/inferences.ts";
import { contextShiftTile, kvCacheTile } from "../shared/kv-cache.ts";
import { eventLoopTile, readerWaitTile, timePerTokenTile, tokenGapTile } from "../shared/latency.ts";
import { phases } from "../shared/phases.ts";
import { waitingTile } from "../shared/waiting.ts";
import { speedOverTime } from "./tokens.ts";

const { llamaCppTokensPerSecond, contextSize, memoryPerToken, threadsUsed, batchSize, modelMemory } = catalogue;
const { cachedPromptTokens, chatTokens } = catalogue;

const width = 3;

const speed = dial({
  title: "Tokens per second",
  description: describe(
    "How fast each model generates now. The dial is full at 100; the number goes on.",
    llamaCppTokensPerSecond,
  ),
  unit: unitOf(llamaCppTokensPerSecond),
  queries: [{ vector: now(llamaCppTokensPerSecond, "model"), legend: "{{model}}" }],
  noValue: "Idle",
  decimals: 1,
  full: 100,
  width: 6,
  height: chartHeight,
});

const setting = (title: string, row: ModelGauge, sentence: string) =>
  tile({
    title,
    description: describe(sentence, row),
    unit: unitOf(row),
    queries: [{ vector: now(row, "model"), legend: "{{model}}" }],
    noValue: "Unknown",
    width,
  });

const cachedShare = tile({
  title: "Prompt tokens from cache",
  description: describe(
    "The share of the prompts' tokens that the KV cache already had, by model: the higher, the sooner answers begin.",
    cachedPromptTokens,
    chatTokens,
  ),
  unit: ratioUnit,
  queries: [
    {
      vector: ratio(
        sumBy(recent.perSecond(cachedPromptTokens), "model"),
        sumBy(recent.perSecond(chatTokens, { direction: "input" }), "model"),
      ),
      legend: "{{model}}",
    },
  ],
  noValue: "No traffic",
  width,
});

/** How fast, how full, how busy and how good, and where the time goes. */
export const overview: Row = {
  title: "Overview",
  panels: [
    readerWaitTile(),
    timePerTokenTile(),
    goodputTile(),
    waitingTile(),
    activeInferencesTile(),
    queuedInferencesTile(),
    kvCacheTile(),
    contextShiftTile(),
    speed,
    speedOverTime(9),
    phases(9),
  ],
};

/** With what settings, and what they save. */
export const settings: Row = {
  title: "Settings and cache",
  panels: [
    setting("Context window", contextSize, "Tokens that fit into one conversation, by model."),
    setting("Memory per token", memoryPerToken, "What each token in the context costs, by model."),
    setting("Threads", threadsUsed, "CPU threads that the model decodes with."),
    setting("Batch size", batchSize, "Tokens that one decode may hold, by model."),
    setting("Model memory", modelMemory, "Memory of the loaded model's tensors."),
    cachedShare,
    tokenGapTile(),
    eventLoopTile(),
  ],
};
