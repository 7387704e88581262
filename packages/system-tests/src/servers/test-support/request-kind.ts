import type { Fact } from "./facts.ts";

/** The variants of the tiny model that are served. */
export type ServedVariant = "chat" | "tools" | "thinking" | "embedding" | "ranking";

/** A request's body. @param turn how many of its kind came before */
export type Body = (turn: number) => object;

/** One kind of request, as often as it is asked for. */
export interface RequestKind {
  readonly name: string;
  /** The variant of the tiny model that serves it. */
  readonly variant: ServedVariant;
  readonly path: string;
  /** What the record says of such an answer, in the order of `facts`: all that the server tells. */
  readonly tells: readonly Fact[];
  readonly body: Body;
  /** How many choices the answer has. @default 1 */
  readonly choices?: number;
}

type Row = [variant: ServedVariant, path: string, name: string, tells: readonly Fact[], body: Body, choices?: number];

export function requestKindsOf(rows: readonly Row[]): RequestKind[] {
  return rows.map(([variant, path, name, tells, body, choices = 1]) => ({ variant, path, name, tells, body, choices }));
}

/** A body with more in it. */
export function plus(body: Body, more: object): Body {
  return (turn) => ({ ...body(turn), ...more });
}

/** The same, streamed. */
export function streamed(body: Body, more: object = {}): Body {
  return plus(body, { stream: true, ...more });
}

const subjects = ["the weather", "a cat", "Paris", "the model", "a long poem", "your memory", "tokens", "the sea"];

/** Prompts that share beginnings, so that some of their tokens are cached. */
export function promptOf(turn: number): string {
  return `Please tell me a story about ${subjects[turn % subjects.length]} and ${turn} other things`;
}

export function messagesOf(turn: number) {
  return [{ role: "user", content: promptOf(turn) }];
}

/** A tool that a model without a grammar can call, too: the tiny one knows this name and argument. */
export const weatherTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
