import type { ChatOutcome, ChatPhase } from "@aiwatch/core/summary-schema";
import { count, duration, isKnown } from "./figures.ts";
import { type Piece, piecesOf } from "./geometry.ts";
import type { Chat, PanelData } from "./panel-data.ts";

/** A chat as a row: words, a number and a bar of its phases. */
export interface ChatRow {
  /** The same for a chat as long as it is listed, where it has an id; else that of its place. */
  readonly key: string;
  readonly text: string;
  readonly figure: string;
  /** The bar in words. */
  readonly spoken: string;
  readonly pieces: readonly Piece<ChatPhase>[];
  readonly isMine: boolean;
  readonly isFailed: boolean;
  readonly isUnderWay: boolean;
  readonly href?: string;
}

export interface PhaseName {
  readonly phase: ChatPhase;
  readonly name: string;
}

export interface ChatRows {
  readonly underWay: readonly ChatRow[];
  readonly ended: readonly ChatRow[];
  /** Those under way that are not shown. */
  readonly hidden: number;
  /** What the full width of a bar stands for. */
  readonly fullWidth: string;
  /** Those that occur, for the legend. */
  readonly phases: readonly PhaseName[];
}

export interface RowOptions {
  /** A trace or request id. */
  readonly mine?: string | undefined;
  /** With `{traceId}` in it. */
  readonly traceUrl?: string | undefined;
}

/** More than these say no more, and a phone has no room. */
const most = { underWay: 4, ended: 6 } as const;

/** In the order in which a chat usually passes them, which is that of the bar. */
const order = ["before", "line", "queue", "prompt", "decode", "tool"] as const satisfies readonly ChatPhase[];

const phaseNames: Readonly<Record<ChatPhase, string>> = {
  before: "the app",
  line: "in line",
  queue: "engine’s line",
  prompt: "prompt",
  decode: "writing",
  tool: "tool",
};

/** What its reader ended is stopped; who ended it while it waited has left the line. */
export const outcomeNames: Readonly<Record<ChatOutcome, string>> = {
  answered: "answered",
  refused: "refused",
  left: "left the line",
  failed: "failed",
  aborted: "stopped",
};

const doing: Readonly<Record<ChatPhase, string>> = {
  before: "the app",
  line: "in line",
  queue: "waits for the engine",
  prompt: "reading the prompt",
  decode: "writing",
  tool: "at a tool",
};

/** The rows of a list of chats; undefined where there is none. */
export function chatRowsOf(data: PanelData, options: RowOptions): ChatRows | undefined {
  const chats: readonly Chat[] | undefined = data.chats;
  if (chats === undefined) return undefined;
  const isMine = (chat: Chat) => isChat(chat, options.mine);
  const going = chats.filter(({ outcome }) => outcome === undefined);
  const underWay = going.filter((chat, at) => at < most.underWay || isMine(chat));
  const ended = chats.filter(({ outcome }) => outcome !== undefined).slice(0, most.ended);
  const shown = [...underWay, ...ended];
  const whole = Math.max(1, ...shown.map(totalOf));
  const row = (chat: Chat, at: number) => rowOf(chat, at, whole, options);
  return {
    underWay: underWay.map(row),
    ended: ended.map(row),
    hidden: Math.max(data.underWay ?? 0, going.length) - underWay.length,
    fullWidth: duration(whole),
    phases: order.flatMap((phase) => {
      const chat = shown.find(({ ms }) => (ms[phase] ?? 0) > 0);
      return chat ? [{ phase, name: nameOf(phase, chat) }] : [];
    }),
  };
}

function rowOf(chat: Chat, at: number, whole: number, options: RowOptions): ChatRow {
  const { key, outcome, traceId, requestId, ms, firstTokenMs } = chat;
  const isUnderWay = outcome === undefined;
  const first = isKnown(firstTokenMs) ? `first ${duration(firstTokenMs)}` : "no token";
  const parts = order.map((phase) => [phase, ms[phase] ?? 0] as const);
  return {
    key: key ?? requestId ?? traceId ?? `${isUnderWay ? "at" : "ended"} ${at}`,
    text: isUnderWay ? phaseText(chat) : outcomeText(chat),
    figure: isUnderWay ? duration(chat.ageMs ?? totalOf(chat)) : first,
    spoken: parts
      .filter(([, value]) => value > 0)
      .map(([phase, value]) => `${nameOf(phase, chat)} ${duration(value)}`)
      .join(", "),
    pieces: piecesOf(parts, whole),
    isMine: isChat(chat, options.mine),
    isFailed: outcome === "failed",
    isUnderWay,
    ...(traceId && options.traceUrl
      ? { href: options.traceUrl.replaceAll("{traceId}", encodeURIComponent(traceId)) }
      : {}),
  };
}

/** Where nobody said when the engine began, the wait for it and the prompt are not told apart. */
function nameOf(phase: ChatPhase, { ms }: Chat): string {
  return phase === "prompt" && !isKnown(ms.queue) ? "until the first token" : phaseNames[phase];
}

function phaseText({ phase = "before", ms, place, promptTokens, outputTokens }: Chat): string {
  if (phase === "prompt" && !isKnown(ms.queue)) return "waits for its first token";
  if (phase === "line" && isKnown(place)) return `${doing.line} · place ${count(place)}`;
  if (phase === "prompt" && isKnown(promptTokens)) return `${doing.prompt} · ${tokens(promptTokens)}`;
  return isKnown(outputTokens) && outputTokens > 0 ? `${doing[phase]} · ${tokens(outputTokens)}` : doing[phase];
}

function outcomeText({ outcome, errorType, outputTokens }: Chat): string {
  const named = outcome === undefined ? "" : outcome === "failed" ? failureOf(errorType) : outcomeNames[outcome];
  return isKnown(outputTokens) && outputTokens > 0 ? `${named} · ${tokens(outputTokens)}` : named;
}

/** An error's class is a word of its code, not of readers. */
function failureOf(errorType = ""): string {
  return /^[a-z][a-z_]*$/.test(errorType) ? errorType.replaceAll("_", " ") : outcomeNames.failed;
}

function tokens(number: number): string {
  return `${count(number)} token${number === 1 ? "" : "s"}`;
}

function isChat({ traceId, requestId }: Chat, id: string | undefined): boolean {
  return id !== undefined && id !== "" && (traceId === id || requestId === id);
}

function totalOf({ ms }: Chat): number {
  return order.reduce((sum, phase) => sum + (ms[phase] ?? 0), 0);
}
