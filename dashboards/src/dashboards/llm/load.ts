import { catalogue } from "@aiwatch/core";
import { dial, tile } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { now, recent } from "../../promql/panel-queries.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { activeInferencesTile, queuedInferencesTile } from "../shared/inferences.ts";
import { eventLoopTile, queueTimeTile, tokenGapTile } from "../shared/latency.ts";
import { modelTable } from "../shared/model-table.ts";

const { chatTokens, activeRequests, modelMemory } = catalogue;

const width = 3;

const inputRate = tile({
  title: "Input tokens/s",
  description: describe(
    "Tokens of prompts per second over the last five minutes, all chosen models together. Idle time counts: this is throughput, not speed.",
    chatTokens,
  ),
  unit: perSecondUnitOf(chatTokens),
  queries: [{ vector: sumBy(recent.perSecond(chatTokens, { direction: "input" })), legend: "Input" }],
  noValue: "No traffic",
  decimals: 1,
  width,
});

const active = dial({
  title: "Active requests",
  description: describe("Requests in flight. The dial is full at 20; the number goes on.", activeRequests),
  unit: unitOf(activeRequests),
  queries: [{ vector: now(activeRequests), legend: "Active" }],
  noValue: "No data",
  full: 20,
  width,
});

const memory = tile({
  title: "Model memory",
  description: describe("Memory of the loaded models' tensors, all chosen models together.", modelMemory),
  unit: unitOf(modelMemory),
  queries: [{ vector: now(modelMemory), legend: "Model memory" }],
  noValue: "No data",
  width,
});

/** How much there is to do, and which model does how well. */
export const load: Row = {
  title: "Models and load",
  panels: [
    modelTable(24),
    active,
    activeInferencesTile(),
    queuedInferencesTile(),
    queueTimeTile(),
    tokenGapTile(),
    eventLoopTile(),
    inputRate,
    memory,
  ],
};
