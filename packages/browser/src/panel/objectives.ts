import type { Quantiles, SummaryObjectives } from "@aiwatch/core/summary-schema";
import { count, duration, isKnown } from "./figures.ts";
import type { PanelData } from "./panel-data.ts";

/** An objective that the server has, beside what the last five minutes say of it. */
export interface Objective {
  readonly name: string;
  /** Such as `95 of 100 within 500 ms`. */
  readonly goal: string;
  /** What was measured, of as many as the goal is for or it says of how many; absent where the summary has no figure for it. */
  readonly measured?: string;
  /** Absent where the figures prove neither. */
  readonly verdict?: "held" | "over";
  /** What is known of why it is over. */
  readonly reason?: string;
}

/** @param share 0–1 */
export function within(share: number, ms: number): string {
  return `${count(share * 100, 1)} of 100 within ${duration(ms)}`;
}

/**
 * Whether quantiles prove that enough hold a limit, or that too few do. Of a target of 99 %, a p95 below the limit proves nothing, and one above it
 * does.
 *
 * @param target the part that has to hold it, 0–1
 */
export function verdictOf(limitMs: number, target: number, { p50, p95 }: Quantiles): "held" | "over" | undefined {
  const known = (
    [
      [0.5, p50],
      [0.95, p95],
    ] as const
  ).filter(([, value]) => isKnown(value));
  if (known.some(([share, value]) => share <= target && (value ?? 0) > limitMs)) return "over";
  return known.some(([share, value]) => share >= target && (value ?? 0) <= limitMs) ? "held" : undefined;
}

/** Each objective that is set. One that the summary has no quantiles for has no verdict: the engine's first token, and the whole answer. */
export function objectivesOf(data: PanelData): Objective[] {
  const { slo, window } = data;
  if (slo === undefined) return [];
  const goal = (limitMs: number) => within(slo.target, limitMs);
  return [
    ...firstTokenObjective(slo, data, goal),
    ...(isKnown(slo.firstTokenMs) ? [{ name: "engine’s first token", goal: goal(slo.firstTokenMs) }] : []),
    ...tokenObjective(slo, window.tokensPerSecond.p50, goal),
    ...(isKnown(slo.latencyMs) ? [{ name: "whole answer of the model", goal: goal(slo.latencyMs) }] : []),
  ];
}

const none = "none measured lately";

type Goal = (limitMs: number) => string;

function firstTokenObjective(slo: SummaryObjectives, { now, window }: PanelData, goal: Goal): Objective[] {
  const measured = window.firstTokenMs;
  const limitMs = slo.requestFirstTokenMs;
  if (!isKnown(limitMs)) return [];
  const objective = { name: "first token", goal: goal(limitMs) };
  if (!isKnown(measured.p95)) return [{ ...objective, measured: none }];
  const verdict = verdictOf(limitMs, slo.target, measured);
  const reason = verdict === "over" ? reasonOf(limitMs, window.queueMs.p95, now.queued) : undefined;
  const isOfGoal = slo.target === 0.95;
  const text = isOfGoal ? duration(measured.p95) : within(0.95, measured.p95);
  return [{ ...objective, measured: text, ...(verdict && { verdict }), ...(reason && { reason }) }];
}

/** Whether the wait alone is over the limit: more cannot be told, since quantiles of parts do not add up. */
function reasonOf(limitMs: number, waitedMs: number | undefined, queued: number): string | undefined {
  if (!isKnown(waitedMs)) return undefined;
  const wait = `95 of 100 wait up to ${duration(waitedMs)} in line`;
  return waitedMs > limitMs
    ? `The wait alone is over the goal: ${wait}; ${count(queued)} now.`
    : `The wait alone is not the reason: ${wait}.`;
}

/** The rate has the tokens after the first in it, so that an answer of a lower rate than the limit's is over: the other way round proves nothing. */
function tokenObjective(slo: SummaryObjectives, rate: number | undefined, goal: Goal): Objective[] {
  const limitMs = slo.timePerOutputTokenMs;
  if (!isKnown(limitMs)) return [];
  const objective = { name: "each further token", goal: goal(limitMs) };
  if (!isKnown(rate) || rate <= 0) return [{ ...objective, measured: none }];
  const p50 = 1000 / rate;
  const isOver = verdictOf(limitMs, slo.target, { p50 }) === "over";
  return [{ ...objective, measured: `median ${duration(p50)}`, ...(isOver ? { verdict: "over" as const } : {}) }];
}
