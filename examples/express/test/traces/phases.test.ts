import { keepRecentTraces } from "@aiwatch/tracing";
import { expect, test } from "vitest";
import { phasesOf, phasesOfRequest } from "../../src/traces/phases.js";
import { entryOf } from "../../src/traces/trace-facts.js";
import { begin, behindHttp, failed, idOf, left, record, type SpanPlan, withTool } from "./test-support/recorded.ts";

function spansOf(plans: readonly SpanPlan[]) {
  const recent = keepRecentTraces();
  record(recent, idOf("a"), plans);
  return recent.find(idOf("a")) ?? [];
}

/** Phases as `queue 0–37`, from the trace's begin. */
function shown(stretches: ReturnType<typeof phasesOf>): string[] {
  const since = (ms: number) => Number((ms - begin).toFixed(2));
  return stretches.map(({ phase, from, to }) => `${phase} ${since(from)}–${since(to)}`);
}

function requestOf(plans: readonly SpanPlan[]) {
  const spans = spansOf(plans);
  const entry = entryOf(spans);
  return entry === undefined ? [] : shown(phasesOfRequest(entry, spans));
}

const inference = (attributes: Record<string, unknown>, more: Partial<SpanPlan> = {}): SpanPlan => ({
  name: "chat tiny",
  id: "x",
  ms: 1000,
  ...more,
  attributes: { "gen_ai.operation.name": "chat", ...attributes },
});

test.each<[string, SpanPlan, string[]]>([
  [
    "an engine in the process tells all",
    inference({
      "aiwatch.inference.queue_time": 0.1,
      "aiwatch.inference.prompt_eval_time": 0.3,
      "gen_ai.response.time_to_first_chunk": 0.4,
    }),
    ["queue 0–100", "prompt 100–400", "decode 400–1000"],
  ],
  [
    "a server tells its prompt alone: the rest of the wait is unexplained",
    inference({ "aiwatch.inference.prompt_eval_time": 0.3, "gen_ai.response.time_to_first_chunk": 0.4 }),
    ["unexplained 0–100", "prompt 100–400", "decode 400–1000"],
  ],
  [
    "nothing but the first token is known",
    inference({ "gen_ai.response.time_to_first_chunk": 0.4 }),
    ["unexplained 0–400", "decode 400–1000"],
  ],
  [
    "a server tells more than there was",
    inference({
      "aiwatch.server.queue_time": 9,
      "aiwatch.inference.prompt_eval_time": 9,
      "gen_ai.response.time_to_first_chunk": 0.4,
    }),
    ["queue 0–400", "decode 400–1000"],
  ],
  [
    "no token came: it was evaluated to its end",
    inference({ "aiwatch.inference.queue_time": 0.1 }),
    ["queue 0–100", "prompt 100–1000"],
  ],
  [
    "no token came after the prompt was evaluated",
    inference({ "aiwatch.inference.queue_time": 0.1 }, { events: [{ name: "aiwatch.prompt_eval.done", at: 600 }] }),
    ["queue 0–100", "prompt 100–600", "decode 600–1000"],
  ],
  [
    "an answer in one piece whose server tells its times",
    inference({ "aiwatch.server.prompt_eval_time": 0.2, "aiwatch.server.decode_time": 0.7 }),
    ["unexplained 0–100", "prompt 100–300", "decode 300–1000"],
  ],
  ["nothing is known", inference({}), ["unexplained 0–1000"]],
  ["a function", inference({ "gen_ai.operation.name": "execute_tool" }), ["tool 0–1000"]],
  ["the app's own line", { name: "wait for a sequence", id: "x", ms: 10 }, ["line 0–10"]],
  ["another step of the app", { name: "retrieve", id: "x", ms: 10 }, []],
  ["a span of that name from elsewhere", { name: "wait for it", id: "x", ms: 10, isForeign: true }, []],
])("%s", (_, plan, phases) => {
  expect(spansOf([plan]).flatMap((span) => shown(phasesOf(span)))).toEqual(phases);
});

test("a function in the middle of an answer is a phase of the request", () => {
  expect(requestOf(withTool)).toEqual([
    "before 0–2",
    "prompt 2–62",
    "decode 62–700",
    "tool 700–2300",
    "decode 2300–2992",
    "after 2992–3000",
  ]);
});

test("what a request waits for is covered without gaps, whatever failed", () => {
  expect(requestOf(failed)).toEqual(["before 0–5", "queue 5–105", "prompt 105–305", "after 305–310"]);
  expect(requestOf(left)).toEqual(["app 0–2", "line 2–4092", "app 4092–4100"]);
  expect(requestOf(behindHttp)).toEqual([
    "before 0–10",
    "queue 10–110",
    "unexplained 110–200",
    "prompt 200–600",
    "decode 600–2090",
    "after 2090–2100",
  ]);
});

test("between two calls of the model it is the app, neither before nor after", () => {
  const first = inference({ "aiwatch.inference.queue_time": 0 }, { ms: 10, at: 5, parent: "r" });
  const second = { ...first, id: "y", at: 30 };
  const request: SpanPlan = { name: "POST /chat", id: "r", kind: "server", ms: 50 };
  expect(requestOf([request, first, second])).toEqual([
    "before 0–5",
    "prompt 5–15",
    "app 15–30",
    "prompt 30–40",
    "after 40–50",
  ]);
});
