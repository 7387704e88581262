import { uptime } from "node:process";
import { sumOf } from "../chats/chat-slice.ts";
import { figuresOf, seriesOf } from "../chats/chat-window.ts";
import { flatLlamaCppMetrics } from "../compat/flat-summary.ts";
import type { ResolvedObjectives } from "../inference/objectives.ts";
import { type CurrentFigures, type Summary, type SummaryAverages, summarySchema } from "./schema.ts";
import type { MeanPart, SummaryPart } from "./summary-part.ts";

/** Whose summary it is. */
export interface SummaryHost {
  readonly service: string;
  readonly objectives: ResolvedObjectives | undefined;
}

/** What is known where nothing goes on. */
const nothing: CurrentFigures = { chats: 0, active: 0, queued: 0, inLine: 0 };

/** The summary of one process, or of all of a cluster. The flat fields come first, as the Go system's. */
export function summaryFrom(part: SummaryPart, { service, objectives }: SummaryHost): Summary {
  const { generated, processed, models, window, cluster, now = nothing } = part;
  const averages = averagesOf(part);
  const llamaCppMetrics = flatLlamaCppMetrics(models);
  const tokenDebt = { tokensGenerated: generated.debt, tokensProcessed: processed.debt };
  return {
    totalRequests: part.requests,
    averageResponseTime: (averages.responseMs ?? 0) / 1000,
    tokensGenerated: generated.total,
    tokensProcessed: processed.total,
    activeUsers: part.activeRequests,
    errorRate: averages.errorRate ?? 0,
    ...(llamaCppMetrics !== undefined && { llamaCppMetrics }),
    averages,
    inferences: part.inferences,
    ...((generated.debt > 0 || processed.debt > 0) && { tokenDebt }),
    models: Array.from(models, ([model, { readings }]) => ({ model, ...readings })),
    schema: summarySchema,
    service,
    uptimeSeconds: uptime(),
    ...(objectives !== undefined && { slo: { ...objectives } }),
    now,
    window: figuresOf(window.slices),
    totals: { chats: sumOf(part.totals), ...part.totals },
    series: seriesOf(window.slices),
    ...(cluster !== undefined && { cluster }),
  };
}

function averagesOf({ responseMs, firstTokenMs, failed, requests }: SummaryPart): SummaryAverages {
  return {
    responseMs: meanOf(responseMs),
    firstTokenMs: meanOf(firstTokenMs),
    errorRate: meanOf({ sum: failed, count: requests }),
  };
}

function meanOf({ sum, count }: MeanPart): number | null {
  return count === 0 ? null : sum / count;
}
