import { catalogue } from "@aiwatch/core";
import { modelTableId, toDashboard } from "../../panels/links.ts";
import { describe } from "../../panels/panel.ts";
import { metricTable } from "../../panels/tables.ts";
import { perSecondUnitOf, ratioUnit, unitOf } from "../../panels/units.ts";
import { chosen, inRange, now, recent, visible } from "../../promql/panel-queries.ts";
import { select } from "../../promql/select.ts";
import { countBy, sumBy } from "../../promql/vector.ts";
import { kvCacheLimits } from "./kv-cache.ts";
import { failureLimits } from "./waiting.ts";

const { activeInferences, inferences, chatTokens, requestFirstToken, timePerOutputToken } = catalogue;
const { queuedInferences, kvCacheUsage, contextShifts } = catalogue;

const output = { direction: "output" } as const;

/** How each model does, and the way to what is known of it alone. */
export const modelTable = (width: number, height = 7) =>
  metricTable({
    title: "Models at a glance",
    description: describe(
      "A line for each model: in how many processes, its pace over the last five minutes, and in the visible time how full a sequence was at most and how often tokens were pushed out. A click on a name shows that model alone.",
      activeInferences,
      inferences,
      chatTokens,
      requestFirstToken,
      timePerOutputToken,
      queuedInferences,
      kvCacheUsage,
      contextShifts,
    ),
    by: { model: "Model" },
    metrics: [
      { title: "Processes", vector: countBy(select(activeInferences, { scope: chosen }), "model"), unit: "none" },
      {
        title: "Inferences/s",
        vector: sumBy(recent.perSecond(inferences), "model"),
        unit: perSecondUnitOf(inferences),
      },
      {
        title: "Output",
        vector: sumBy(recent.perSecond(chatTokens, output), "model"),
        unit: perSecondUnitOf(chatTokens),
      },
      {
        title: "First token p95",
        vector: recent.quantile(0.95, requestFirstToken, ["model"]),
        unit: unitOf(requestFirstToken),
      },
      {
        title: "TPOT p95",
        vector: recent.quantile(0.95, timePerOutputToken, ["model"]),
        unit: unitOf(timePerOutputToken),
      },
      { title: "Failed", vector: recent.failedShare("model"), unit: ratioUnit, decimals: 2, limits: failureLimits },
      { title: "Queued", vector: now(queuedInferences, "model"), unit: unitOf(queuedInferences) },
      {
        title: "Peak KV cache",
        vector: visible.peak(kvCacheUsage, "model"),
        unit: ratioUnit,
        decimals: 0,
        limits: kvCacheLimits,
      },
      {
        title: "Context shifts",
        vector: sumBy(inRange(contextShifts), "model"),
        unit: unitOf(contextShifts),
        decimals: 0,
      },
    ],
    links: [
      toDashboard("llm-dashboard", "This model", "model"),
      toDashboard("llamacpp-dashboard", "Its time and pace in llama.cpp", "model"),
      toDashboard("llamacpp-engine-dashboard", "Its KV cache", "model"),
    ],
    largest: "First token p95",
    widths: { Model: 240, "First token p95": 150 },
    noValue: "No model yet",
    width,
    height,
  }).id(modelTableId);
