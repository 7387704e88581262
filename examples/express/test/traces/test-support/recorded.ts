import { type EndedSpan, keepRecentTraces, type RecentTraces } from "@aiwatch/tracing";

/** Spans as the SDK ends them, at chosen times. */

type HrTime = readonly [number, number];

const kinds = { internal: 0, server: 1, client: 2 } as const;

export interface SpanPlan {
  readonly name: string;
  readonly id: string;
  readonly parent?: string;
  readonly kind?: keyof typeof kinds;
  /** Milliseconds since the trace's begin. */
  readonly at?: number;
  readonly ms: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly isError?: boolean;
  readonly events?: readonly {
    readonly name: string;
    readonly at: number;
    readonly attributes?: Record<string, unknown>;
  }[];
  /** It came from elsewhere: nobody saw its start here. */
  readonly isForeign?: boolean;
}

/** 23:41:05 UTC. */
export const begin = Date.UTC(2026, 10, 29, 23, 41, 5);

export const idOf = (digit: string) => digit.repeat(32);

const hrTime = (ms: number): HrTime => [Math.trunc(ms / 1000), Math.round((ms % 1000) * 1e6)];

function ended(traceId: string, beginMs: number, plan: SpanPlan): EndedSpan {
  const { name, id, parent, kind = "internal", at = 0, ms, attributes = {}, isError = false, events = [] } = plan;
  return {
    name,
    kind: kinds[kind],
    spanContext: () => ({ traceId, spanId: id }),
    ...(parent !== undefined && { parentSpanContext: { spanId: parent } }),
    startTime: hrTime(beginMs + at),
    duration: hrTime(ms),
    status: { code: isError ? 2 : 0 },
    attributes,
    events: events.map((event) => ({ ...event, time: hrTime(beginMs + event.at) })),
  };
}

/** Hands spans over in the order in which they end, as the SDK does. */
export function record(recent: RecentTraces, traceId: string, plans: readonly SpanPlan[], beginMs = begin): void {
  const spans = plans.map((plan) => [plan, ended(traceId, beginMs, plan)] as const);
  for (const [{ isForeign }, span] of spans) if (isForeign !== true) recent.onStart(span);
  const endOf = ({ at = 0, ms }: SpanPlan) => at + ms;
  for (const [, span] of spans.toSorted(([one], [other]) => endOf(one) - endOf(other))) recent.onEnd(span);
}

const request = (more: Partial<SpanPlan> & { readonly ms: number }, status: number): SpanPlan => ({
  name: "POST /chat",
  id: "request",
  kind: "server",
  parent: "page",
  ...more,
  attributes: {
    "http.request.method": "POST",
    "http.route": "/chat",
    "http.response.status_code": status,
    ...more.attributes,
  },
});

const inference = (more: Partial<SpanPlan> & { readonly ms: number }): SpanPlan => ({
  name: "chat tiny-chat",
  id: "inference",
  parent: "request",
  ...more,
  attributes: { "gen_ai.operation.name": "chat", "gen_ai.request.model": "tiny-chat", ...more.attributes },
});

/** It waited, its prompt was read, it wrote. The browser's span came last, and began first. */
export const answered: readonly SpanPlan[] = [
  {
    ...{ name: "answer", id: "page", at: -326, ms: 11_830, isForeign: true },
    attributes: { "aiwatch.from_outside": true, "aiwatch.browser.clock_shift": 0.0125 },
  },
  request(
    {
      ms: 11_500,
      attributes: { "aiwatch.request.first_token_time": 0.467, "aiwatch.request.before_model_time": 0.014 },
    },
    200,
  ),
  { name: "wait for a sequence", id: "line", parent: "request", at: 3, ms: 11 },
  inference({
    at: 14,
    ms: 11_480,
    attributes: {
      "aiwatch.inference.queue_time": 0.037,
      "aiwatch.inference.prompt_eval_time": 0.416,
      "gen_ai.response.time_to_first_chunk": 0.453,
      "gen_ai.usage.input_tokens": 16,
      "gen_ai.usage.output_tokens": 527,
      "gen_ai.usage.cache_read.input_tokens": 8,
      "aiwatch.inference.tokens_per_second": 47.72,
      "aiwatch.finish_reason": "stop",
    },
    events: [{ name: "aiwatch.prompt_eval.done", at: 460, attributes: { "gen_ai.usage.input_tokens": 16 } }],
  }),
];

/** The model called a function in the middle. */
export const withTool: readonly SpanPlan[] = [
  request({ ms: 3000, attributes: { "aiwatch.request.first_token_time": 0.062 } }, 200),
  inference({
    at: 2,
    ms: 2990,
    attributes: {
      "aiwatch.inference.queue_time": 0,
      "aiwatch.inference.prompt_eval_time": 0.06,
      "gen_ai.response.time_to_first_chunk": 0.06,
      "gen_ai.usage.output_tokens": 41,
      "aiwatch.finish_reason": "stop",
    },
  }),
  {
    name: "execute_tool weather",
    id: "tool",
    parent: "inference",
    at: 700,
    ms: 1600,
    attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "weather" },
  },
];

export const aborted: readonly SpanPlan[] = [
  request({ ms: 1190, attributes: { "aiwatch.request.first_token_time": 0.052 } }, 499),
  inference({
    at: 14,
    ms: 1178,
    attributes: {
      "aiwatch.inference.queue_time": 0,
      "aiwatch.inference.prompt_eval_time": 0.038,
      "gen_ai.response.time_to_first_chunk": 0.038,
      "gen_ai.usage.output_tokens": 58,
      "aiwatch.finish_reason": "aborted",
    },
  }),
];

/** Stopped before the first token. */
export const failed: readonly SpanPlan[] = [
  request({ ms: 310, isError: true, attributes: { "error.type": "internal" } }, 500),
  inference({
    at: 5,
    ms: 300,
    isError: true,
    attributes: {
      "aiwatch.inference.queue_time": 0.1,
      "aiwatch.finish_reason": "error",
      "error.type": "context_overflow",
    },
  }),
];

export const refused: readonly SpanPlan[] = [
  request({ ms: 61, isError: true, attributes: { "error.type": "unavailable" } }, 503),
  {
    ...{ name: "wait for a sequence", id: "line", parent: "request", at: 1, ms: 0.2, isError: true },
    attributes: { "error.type": "HttpError" },
  },
];

export const left: readonly SpanPlan[] = [
  request({ ms: 4100 }, 499),
  { name: "wait for a sequence", id: "line", parent: "request", at: 2, ms: 4090 },
];

/** A model behind HTTP, whose server told its own times. */
export const behindHttp: readonly SpanPlan[] = [
  request({ ms: 2100, attributes: { "aiwatch.request.first_token_time": 0.6 } }, 200),
  inference({
    name: "chat llama-3.2",
    kind: "client",
    at: 10,
    ms: 2080,
    attributes: {
      "gen_ai.request.model": "llama-3.2",
      "gen_ai.response.time_to_first_chunk": 0.59,
      "aiwatch.inference.prompt_eval_time": 0.4,
      "aiwatch.server.queue_time": 0.1,
      "aiwatch.finish_reason": "length",
    },
  }),
];

/** Its request has not ended. */
export const underWay: readonly SpanPlan[] = [
  { name: "wait for a sequence", id: "line", parent: "request", at: 3, ms: 110 },
];

/** Of each kind, with a second between them: the last one is the newest. */
export function recordSamples(recent = keepRecentTraces()): RecentTraces {
  const all = [withTool, left, behindHttp, failed, refused, aborted, answered];
  for (const [at, plans] of all.entries()) record(recent, idOf(String(at + 1)), plans, begin + at * 13_000);
  return recent;
}
