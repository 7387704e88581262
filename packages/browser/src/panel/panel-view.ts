import type { ModelFigures } from "@aiwatch/core/summary-schema";
import { type ChatRows, chatRowsOf, outcomeNames, type RowOptions } from "./chat-rows.ts";
import { count, duration, durationParts, isKnown, percent, size, span, unknown } from "./figures.ts";
import { type Course, courseOf, type Piece, piecesOf } from "./geometry.ts";
import { type Objective, objectivesOf, within } from "./objectives.ts";
import type { Chat, PanelData } from "./panel-data.ts";
import { type Situation, type Standing, standingOf } from "./standing.ts";

/** A panel as words, numbers and shapes: the same situation gives the same view, and drawing it decides nothing more. */
export interface PanelView {
  readonly standing: Standing;
  readonly title: string;
  readonly subtitle: string;
  /** Undefined where there is nothing to show beside the standing; without values while the first ones are awaited. */
  readonly tiles?: readonly TileView[];
  readonly notes: readonly string[];
  readonly now?: NowView;
  readonly rows?: ChatRows;
  readonly objectives: readonly Objective[];
  readonly contexts: readonly ContextView[];
  /** What does not change, one line for each model. */
  readonly facts: readonly (readonly string[])[];
  /** The figures of the compact view. */
  readonly line: readonly LineFigure[];
}

export interface NowView {
  readonly text: string;
  /** Whether it stands where the rows would. */
  readonly isNobody: boolean;
}

export interface TileView {
  readonly name: string;
  /** Absent while it is awaited. */
  readonly value?: string;
  readonly unit?: string;
  readonly sub?: string;
  /** Behind it. */
  readonly more?: string;
  readonly isOver?: boolean;
  /** Absent while too little was measured. */
  readonly course?: Course | undefined;
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

/** What a course covers: a server that began a moment ago has no five minutes. */
function coveredBy(values: readonly unknown[], { series }: PanelData): string {
  return span(values.length * series.stepSeconds);
}

function isOver(data: PanelData, objective: string): boolean {
  return objectivesOf(data).some(({ name, verdict }) => name === objective && verdict === "over");
}

/** Where the objective is missed, the large figure is the one that says so, and not a median that is well. */
function firstTokenTile(data: PanelData): TileView {
  const name = "first token";
  const { p50, p95 } = data.window.firstTokenMs;
  const limit = data.slo?.requestFirstTokenMs;
  const isLate = isOver(data, name);
  const [value, unit] = durationParts(isLate ? p95 : p50);
  const isMedian = !isLate && isKnown(p50);
  const values = data.series.firstTokenP95Ms;
  return {
    name,
    value,
    unit: isMedian ? `${unit} median` : unit,
    sub: isLate ? "for 95 of 100" : isKnown(p95) ? within(0.95, p95) : `none in ${minutesOf(data)}`,
    ...(isLate && { more: `median ${duration(p50)}` }),
    isOver: isLate,
    course: courseOf(values, limit),
    caption: `95 of 100, ${limit === undefined ? coveredBy(values, data) : `goal ${duration(limit)}`}`,
  };
}

/** Two figures, each with its name: the speed of one answer, and the course of all together. */
function speedTile(data: PanelData): TileView {
  const { p50 } = data.window.tokensPerSecond;
  const values = data.series.tokensPerSecond;
  return {
    name: "speed",
    value: count(p50, 1),
    unit: isKnown(p50) ? "tokens/s" : "",
    sub: isKnown(p50) ? "median answer" : `none in ${minutesOf(data)}`,
    isOver: isOver(data, "each further token"),
    course: courseOf(values),
    caption: `all together, ${coveredBy(values, data)}`,
  };
}

function queueTile(data: PanelData): TileView {
  const { p95 } = data.window.queueMs;
  const values = data.series.queued;
  return {
    name: "in line",
    value: count(data.now.queued),
    sub: isKnown(p95) ? `95 of 100 wait up to ${duration(p95)}` : `no wait in ${minutesOf(data)}`,
    course: courseOf(values),
    caption: `peaks, ${coveredBy(values, data)}`,
  };
}

function outcomeTile({ window }: PanelData): TileView {
  const others = (["refused", "left", "aborted"] as const)
    .filter((outcome) => window[outcome] > 0)
    .map((outcome) => `${count(window[outcome])} ${outcomeNames[outcome]}`);
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
    sub: others.length > 0 ? others.join(", ") : "none refused or stopped",
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

function nowOf(data: PanelData): NowView {
  const { now } = data;
  if (now.chats === 0) return { text: "Nobody is being answered.", isNobody: true };
  const rate = rateOf(data);
  const parts = [
    `${count(now.active)} answering`,
    ...(rate === undefined ? [] : [`${count(rate, 1)} tokens/s together`]),
  ];
  return { text: parts.join(", "), isNobody: false };
}

/** The rate of a chat that has just begun to write is of two tokens, and wrong by much. */
const writesForMs = 1000;

/** What all write together; undefined while nobody has written for long enough. */
function rateOf({ now, chats }: PanelData): number | undefined {
  const writing: readonly Chat[] = chats?.filter(({ phase }) => phase === "decode") ?? [];
  const isYoung = writing.length > 0 && writing.every(({ ms }) => ms.decode < writesForMs);
  return isKnown(now.tokensPerSecond) && !isYoung ? now.tokensPerSecond : undefined;
}

/** The fullest sequence, as llama.cpp's limit is for each; and the tokens of all of them, which are that one's where it is alone. */
function contextOf(figures: ModelFigures): ContextView[] {
  const { model, kvCacheUsageRatio, contextTokens, contextSize } = figures;
  if (!isKnown(kvCacheUsageRatio) && !isKnown(contextTokens)) return [];
  const parts = [
    ...(isKnown(kvCacheUsageRatio) ? [`fullest sequence ${percent(kvCacheUsageRatio)}`] : []),
    ...(isKnown(contextTokens) ? [`${count(contextTokens)} tokens in all`] : []),
  ];
  const text = isOneSequence(figures) ? `${count(contextTokens)} of ${count(contextSize)} tokens` : parts.join(", ");
  return [{ name: model, text, pieces: piecesOf([["used", kvCacheUsageRatio]], 1) }];
}

/** Whether the tokens of all are those of the fullest one. */
function isOneSequence({ kvCacheUsageRatio, contextTokens, contextSize }: ModelFigures): boolean {
  return (
    Math.abs((kvCacheUsageRatio ?? Number.NaN) * (contextSize ?? Number.NaN) - (contextTokens ?? Number.NaN)) < 0.5
  );
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

/** Where there is little room and somebody waits, how many are answered is what can be spared. */
function lineOf(data: PanelData): LineFigure[] {
  const { now, window } = data;
  const isLate = isOver(data, "first token");
  const first = duration(isLate ? window.firstTokenMs.p95 : window.firstTokenMs.p50);
  const name = isLate ? "first token for 95 of 100" : "median first token";
  const rate = rateOf(data);
  return [
    { value: count(now.active), name: "answering", isOptional: now.queued > 0 },
    ...(now.queued > 0 ? [{ value: count(now.queued), name: "in line" }] : []),
    ...(first === unknown ? [] : [{ value: first, name, isBad: isLate }]),
    ...(rate === undefined ? [] : [{ value: count(rate, 1), name: "tokens/s", isOptional: true }]),
    ...(window.failed > 0 ? [{ value: count(window.failed), name: "failed", isBad: true }] : []),
  ];
}
