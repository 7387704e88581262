import { catalogue } from "@aiwatch/core";
import { courseTile } from "../../panels/course.ts";
import { tile, trendHeight } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { now, recent } from "../../promql/panel-queries.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { activeInferencesCourse, queuedInferencesCourse } from "../shared/inferences.ts";
import { eventLoopTile, queueTimeTile, tokenGapTile } from "../shared/latency.ts";
import { modelTable } from "../shared/model-table.ts";

const { chatTokens, activeRequests, modelMemory } = catalogue;

const width = 3;
/** That of the tiles with a course beside them. */
const height = trendHeight;

const inputRate = tile({
  title: "Input tokens/s",
  description: describe(
    "Tokens of prompts per second over the last five minutes, all chosen models together. Idle time counts: this is throughput, not speed.",
    chatTokens,
  ),
  unit: perSecondUnitOf(chatTokens),
  queries: [{ vector: sumBy(recent.perSecond(chatTokens, { direction: "input" })), legend: "Input" }],
  noValue: "No tokens",
  width,
  height,
});

const active = courseTile({
  title: "Active requests",
  sentence: "Requests in flight.",
  rows: [activeRequests],
  vector: now(activeRequests),
});

const memory = tile({
  title: "Model memory",
  description: describe("Memory of the loaded models' tensors, all chosen models together.", modelMemory),
  unit: unitOf(modelMemory),
  queries: [{ vector: now(modelMemory), legend: "Model memory" }],
  noValue: "No data",
  width,
  height,
});

/** How much there is to do, and which model does how well. */
export const load: Row = {
  title: "Models and load",
  panels: [
    modelTable(24),
    active,
    activeInferencesCourse(),
    queuedInferencesCourse(),
    queueTimeTile(height),
    tokenGapTile(height),
    eventLoopTile(height),
    inputRate,
    memory,
  ],
};
