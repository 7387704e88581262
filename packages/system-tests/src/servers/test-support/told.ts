import type { ServerTimes } from "@aiwatch/core";
import { known } from "./known.ts";

/** What an answer of llama-server tells, read from its bytes by rules of the test's own. */
export interface Told {
  readonly promptTokens?: number | undefined;
  readonly cachedPromptTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly serverTimes?: ServerTimes | undefined;
  readonly finish?: string | undefined;
  readonly toolCalls?: number | undefined;
  readonly id?: string | undefined;
  /** The byte behind the first event that has output. */
  readonly firstOutputEnd?: number | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: what a server writes, of which the test takes what is there
type Json = Record<string, any>;

/** @param choices how many choices the answer has */
export function toldBy(body: string, choices: number): Told {
  const isWhole = body.startsWith("{");
  const events = isWhole ? lines(body) : eventsOf(body);
  const jsons = events.map(({ json }) => json);
  return known({
    ...countsOf(jsons, choices),
    ...(choices === 1 && { serverTimes: timesOf(jsons) }),
    finish: last(jsons, finishOf),
    toolCalls: toolCallsOf(jsons),
    id: last(jsons, ({ id, response, message }) => response?.id ?? message?.id ?? id),
    firstOutputEnd: isWhole ? undefined : events.find(({ json }) => hasOutput(json))?.end,
  });
}

/** An answer in one piece, or one JSON text in each line. */
function lines(body: string): { json: Json; end: number }[] {
  return body
    .trimEnd()
    .split("\n")
    .map((line) => ({ json: JSON.parse(line), end: body.length }));
}

/** How many events with output a stream's text holds. */
export function outputEvents(text: string): number {
  return eventsOf(text).filter(({ json }) => hasOutput(json)).length;
}

function eventsOf(body: string): { json: Json; end: number }[] {
  const events: { json: Json; end: number }[] = [];
  let end = 0;
  for (const text of body.split(/(?<=\n\n)/)) {
    end += text.length;
    const data = /^data: (\{.*\})\n\n$/m.exec(text)?.[1];
    if (data !== undefined) events.push({ json: JSON.parse(data), end });
  }
  return events;
}

function hasOutput({ choices, content, type }: Json): boolean {
  if (/(?:output_text|reasoning_text|function_call_arguments)\.delta$/.test(type)) return true;
  if (type === "content_block_delta") return true;
  const { delta, text } = choices?.[0] ?? {};
  const said = [content, text, delta?.content, delta?.reasoning_content].some(
    (part) => typeof part === "string" && part !== "",
  );
  return said || delta?.tool_calls !== undefined;
}

/** llama-server counts the output of each choice by itself; in an answer in one piece, that of one of them alone. */
function countsOf(events: Json[], choices: number): Partial<Told> {
  const counted = events.map(usageIn).filter((usage) => usage !== undefined);
  const usage: Partial<Told> | undefined = mergeKnown(counted);
  if (choices === 1 || usage === undefined) return usage ?? {};
  const outputs = counted.map(({ outputTokens }) => outputTokens ?? 0);
  const outputTokens = outputs.length === choices ? outputs.reduce((sum, count) => sum + count) : undefined;
  return { ...usage, outputTokens };
}

function usageIn({ usage: own, timings, response, message }: Json): Partial<Told> | undefined {
  const usage = own ?? response?.usage ?? message?.usage;
  const cachedApart: number | undefined = usage?.cache_read_input_tokens;
  const told = known({
    promptTokens:
      usage?.prompt_tokens ??
      (usage?.input_tokens === undefined
        ? sum(timings?.cache_n, timings?.prompt_n)
        : usage.input_tokens + (cachedApart ?? 0)),
    cachedPromptTokens:
      cachedApart ??
      usage?.prompt_tokens_details?.cached_tokens ??
      usage?.input_tokens_details?.cached_tokens ??
      timings?.cache_n,
    outputTokens: usage?.completion_tokens ?? usage?.output_tokens ?? timings?.predicted_n,
  });
  return Object.keys(told).length === 0 ? undefined : told;
}

const sum = (a: number | undefined, b: number | undefined) => (a === undefined || b === undefined ? undefined : a + b);

function timesOf(events: Json[]): Told["serverTimes"] {
  return last(events, ({ timings }) => timings && { promptEvalMs: timings.prompt_ms, decodeMs: timings.predicted_ms });
}

function finishOf({ choices, stop_type, stop_reason, delta }: Json): string | undefined {
  return choices?.[0]?.finish_reason ?? stop_type ?? stop_reason ?? delta?.stop_reason ?? undefined;
}

function toolCallsOf(events: Json[]): number | undefined {
  const calls = events.flatMap(({ choices }) => {
    const { message, delta } = choices?.[0] ?? {};
    return (message ?? delta)?.tool_calls ?? [];
  });
  const ids = new Set(calls.map(({ id }) => id).filter(Boolean));
  return ids.size === 0 ? undefined : ids.size;
}

function last<Value>(events: Json[], find: (event: Json) => Value | undefined): Value | undefined {
  return events.map(find).findLast((value) => value !== undefined);
}

/** Later ones take the place of earlier ones, each by itself. */
function mergeKnown(parts: Partial<Told>[]): Partial<Told> | undefined {
  return parts.length === 0 ? undefined : Object.assign({}, ...parts);
}
