import type { ModelFigures } from "@aiwatch/core/summary-schema";
import { type ChatRows, chatRowsOf, type RowOptions } from "./chat-rows.ts";
import { count, duration, durationParts, isKnown, percent, size, span, unknown } from "./figures.ts";
import { type Course, courseOf, type Piece, piecesOf } from "./geometry.ts";
import { type Objective, objectivesOf } from "./objectives.ts";
import type { PanelData } from "./panel-data.ts";
import { type Situation, type Standing, standingOf } from "./standing.ts";

/** A panel as words, numbers and shapes: the same situation gives the same view, and drawing it decides nothing more. */
export interface PanelView {
  readonly standing: Standing;
  readonly title: string;
  readonly subtitle: string;
  /** Undefined where there is nothing to show beside the standing; without values while the first ones are awaited. */
  readonly tiles?: readonly TileView[];
  readonly notes: readonly string[];
  readonly now?: string;
  readonly rows?: ChatRows;
  readonly objectives: readonly Objective[];
  readonly contexts: readonly ContextView[];
  /** What does not change, one line for each model. */
  readonly facts: readonly (readonly string[])[];
  /** The figures of the compact view. */
  readonly line: readonly LineFigure[];
}

export interface TileView {
  readonly name: string;
  /** Absent while it is awaited. */
  readonly value?: string;
  readonly unit?: string;
  readonly sub?: string;
  readonly isOver?: boolean;
  readonly course?: Course;
  /** What the course is of. */
  readonly caption?: string;
  readonly mix?: readonly Piece<Outcome>[];
}

export type Outcome = "answered" | "stopped" | "refused" | "failed";

export interface ContextView {
  readonly name: string;
  readonly text: string;
  readonly pieces: readonly Piece<"used">[];
}

export interface LineFigure {
  readonly value: string;
  readonly name: string;
  /** Whether it is left out where there is little room. */
  readonly isOptional?: boolean;
  readonly isBad?: boolean;
}

const awaited = ["first token", "speed", "in line", "failed"].map((name) => ({ name }));

export function panelViewOf(situation: Situation, options: RowOptions = {}): PanelView {
  const { data } = situation;
  const standing = standingOf(situation);
  const shared = {
    standing,
    title: data?.service || "Model server",
    subtitle: data === undefined ? "" : modelsOf(data),
  };
  const line = standing.note === undefined ? [] : [{ value: "", name: standing.note.strong }];
  const nothing = { notes: [], objectives: [], contexts: [], facts: [], line };
  if (data === undefined) return { ...shared, ...nothing, ...(standing.state === "loading" ? { tiles: awaited } : {}) };
  const facts = factsOf(data);
  if (standing.state === "loading" || standing.state === "empty") return { ...shared, ...nothing, facts };
  const rows = chatRowsOf(data, options);
  return {
    ...shared,
    tiles: [firstTokenTile(data), speedTile(data), queueTile(data), outcomeTile(data)],
    notes: notesOf(data),
    now: nowOf(data),
    ...(rows === undefined ? {} : { rows }),
    objectives: objectivesOf(data),
    contexts: data.models.flatMap(contextOf),
    facts,
    line: lineOf(data),
  };
}

function modelsOf({ models }: PanelData): string {
  return models.length > 1 ? `${models.length} models` : (models[0]?.model ?? "");
}

function minutesOf({ window }: PanelData): string {
  return `${count(window.seconds / 60)} min`;
}

function stepsOf({ window, series }: PanelData): number {
  return Math.round(window.seconds / series.stepSeconds) || 1;
}

function firstTokenTile(data: PanelData): TileView {
  const { p50, p95 } = data.window.firstTokenMs;
  const [value, unit] = durationParts(p50);
  const isOver = objectivesOf(data).some(({ name, verdict }) => name === "first token" && verdict === "over");
  const limit = data.slo?.requestFirstTokenMs;
  return {
    name: "first token",
    value,
    unit,
    sub: isKnown(p95) ? `95 % in ${duration(p95)}` : `none in ${minutesOf(data)}`,
    isOver,
    course: courseOf(data.series.firstTokenP95Ms, { steps: stepsOf(data), limit }),
    caption: limit === undefined ? `p95, ${minutesOf(data)}` : `p95; dashed: ${duration(limit)}`,
  };
}

/** Two figures, each with its name: the speed of one answer, and the course of all together. */
function speedTile(data: PanelData): TileView {
  const { p50 } = data.window.tokensPerSecond;
  return {
    name: "speed",
    value: count(p50, 1),
    unit: isKnown(p50) ? "tokens/s" : "",
    sub: isKnown(p50) ? "median answer" : `none in ${minutesOf(data)}`,
    course: courseOf(data.series.tokensPerSecond, { steps: stepsOf(data) }),
    caption: `all together, ${minutesOf(data)}`,
  };
}

function queueTile(data: PanelData): TileView {
  const { p95 } = data.window.queueMs;
  return {
    name: "in line",
    value: count(data.now.queued),
    sub: isKnown(p95) ? `95 % wait ${duration(p95)}` : `no wait in ${minutesOf(data)}`,
    course: courseOf(data.series.queued, { steps: stepsOf(data) }),
    caption: `most, ${minutesOf(data)}`,
  };
}

function outcomeTile({ window }: PanelData): TileView {
  const parts = [
    [window.refused, "refused"],
    [window.left, "left the line"],
    [window.aborted, "aborted"],
  ] as const;
  const others = parts.filter(([number]) => number > 0).map(([number, name]) => `${count(number)} ${name}`);
  const pieces = [
    ["answered", window.answered],
    ["stopped", window.left + window.aborted],
    ["refused", window.refused],
    ["failed", window.failed],
  ] as const;
  return {
    name: "failed",
    value: count(window.failed),
    unit: `of ${count(window.chats)}`,
    sub: others.length > 0 ? others.join(", ") : "none refused or aborted",
    isOver: false,
    mix: piecesOf(pieces, window.chats),
  };
}

/** What is missing in the figures. */
function notesOf({ cluster }: PanelData): string[] {
  if (cluster === undefined || cluster.silent === 0) return [];
  const all = cluster.answered + cluster.silent + 1;
  return [
    `${count(cluster.silent)} of ${count(all)} processes did not answer: what goes on there is not in these figures.`,
  ];
}

function nowOf({ now }: PanelData): string {
  const parts = [
    `${count(now.active)} answering`,
    ...(isKnown(now.tokensPerSecond) ? [`${count(now.tokensPerSecond, 1)} tokens/s together`] : []),
  ];
  return parts.join(", ");
}

/** The fullest sequence, as llama.cpp's limit is for each; and the tokens of all of them. */
function contextOf({ model, kvCacheUsageRatio, contextTokens }: ModelFigures): ContextView[] {
  if (!isKnown(kvCacheUsageRatio) && !isKnown(contextTokens)) return [];
  const parts = [
    ...(isKnown(kvCacheUsageRatio) ? [`fullest sequence ${percent(kvCacheUsageRatio)}`] : []),
    ...(isKnown(contextTokens) ? [`${count(contextTokens)} tokens in all`] : []),
  ];
  return [{ name: model, text: parts.join(", "), pieces: piecesOf([["used", kvCacheUsageRatio]], 1) }];
}

function factsOf({ models, uptimeSeconds }: PanelData): string[][] {
  const lines = models.map((model) => [...(models.length > 1 ? [model.model] : []), ...factsOfModel(model)]);
  const up = `up ${span(uptimeSeconds)}`;
  return lines.length === 1 ? [[...(lines[0] ?? []), up]] : [...lines, [up]];
}

function factsOfModel({ info, modelMemoryBytes, contextSize, threadsUsed, loadMs }: ModelFigures): string[] {
  return [
    info?.quantization,
    isKnown(modelMemoryBytes) ? size(modelMemoryBytes) : undefined,
    isKnown(contextSize) ? `context ${count(contextSize)}` : undefined,
    info?.gpu === "cpu" ? "CPU" : info?.gpu,
    isKnown(threadsUsed) ? `${count(threadsUsed)} thread${threadsUsed === 1 ? "" : "s"}` : undefined,
    isKnown(loadMs) ? `loaded in ${duration(loadMs)}` : undefined,
  ].filter((fact) => fact !== undefined);
}

function lineOf({ now, window }: PanelData): LineFigure[] {
  const first = duration(window.firstTokenMs.p50);
  return [
    { value: count(now.active), name: "answering" },
    ...(now.queued > 0 ? [{ value: count(now.queued), name: "in line" }] : []),
    ...(first === unknown ? [] : [{ value: first, name: "first token" }]),
    ...(isKnown(now.tokensPerSecond)
      ? [{ value: count(now.tokensPerSecond, 1), name: "tokens/s", isOptional: true }]
      : []),
    ...(window.failed > 0 ? [{ value: count(window.failed), name: "failed", isBad: true }] : []),
  ];
}
