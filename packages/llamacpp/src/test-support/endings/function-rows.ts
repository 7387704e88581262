import { context, trace } from "@opentelemetry/api";
import { type ChatSessionModelFunctions, defineChatSessionFunction, type LlamaChatSession } from "node-llama-cpp";
import { expect } from "vitest";
import { aborted, type Ending, failed, full, type Played, prompt, reason, sampling, stopped } from "./ending.ts";
import type { Stage } from "./stage.ts";

/** An app's error with a class of its own. */
class WeatherDown extends Error {}

const params = { type: "object", properties: { city: { type: "string" } } } as const;
const description = "The weather of a city";

const weather = (handler: (city: string) => unknown): ChatSessionModelFunctions => ({
  getWeather: defineChatSessionFunction({ description, params, handler: ({ city }) => handler(city) }),
});

/** A session's context holds the functions' documentation, too. */
async function roomySession(stage: Stage): Promise<LlamaChatSession> {
  return stage.session(await stage.sequence({ context: { contextSize: 1024 } }));
}

const callOf = (handler: (city: string) => unknown) => async (stage: Stage) =>
  (await roomySession(stage)).promptWithMeta(prompt, { functions: weather(handler), onToken: stage.onToken() });

const toolSpan = "execute_tool getWeather";

function expectTool({ tools, records }: Played, outcome: string, failure?: string): void {
  expect(tools).toEqual([
    expect.objectContaining({ model: "tiny-functions", tool: "getWeather", outcome, traceId: records[0]!.traceId }),
  ]);
  expect(tools[0]!.failure).toEqual(failure === undefined ? undefined : { type: failure });
}

async function expectToolErrors({ seen }: Played, type: string, count: number | undefined): Promise<void> {
  expect(await seen.sample("genai_app_errors_total", { operation: "tool", type })).toBe(count);
}

function failing(name: string, type: string, error: Error, handler: () => unknown): Ending {
  return {
    name,
    play: callOf(handler),
    records: [{ finishReason: failed, failure: type, counts: () => ({ toolCalls: 1, undeliveredTokens: 0 }) }],
    otherSpans: [toolSpan],
    check: async (played) => {
      expect(played.outcome.error).toBe(error);
      expectTool(played, "error", type);
      await expectToolErrors(played, type, 1);
    },
  };
}

const down = new WeatherDown("no weather today");
const plain = new Error("no weather today");

const rows: readonly Ending[] = [
  {
    name: "the session runs the handler, and the model answers",
    play: callOf(async (city) => {
      const span = trace.getTracer("the app").startSpan("the handler's own", {}, context.active());
      await Promise.resolve();
      span.end();
      return `sunny in ${city}`;
    }),
    records: [{ finishReason: stopped, counts: () => ({ toolCalls: 1 }) }],
    otherSpans: [toolSpan, "the handler's own"],
    check: async (played, spans) => {
      const [chat, tool, own] = ["chat tiny-functions", toolSpan, "the handler's own"].map(
        (name) => spans.find((span) => span.name === name)!,
      );
      expect(tool!.parentSpanContext?.spanId).toBe(chat!.spanContext().spanId);
      expect(own!.parentSpanContext?.spanId).toBe(tool!.spanContext().spanId);
      expectTool(played, "ok");
      await expectToolErrors(played, "tool_failed", 0);
    },
  },
  failing("a handler that rejects with an error of its own class", "WeatherDown", down, () => Promise.reject(down)),
  failing("a handler that throws", "tool_failed", plain, () => {
    throw plain;
  }),
  {
    name: "aborted while the handler runs",
    play: async (stage) => {
      const controller = new AbortController();
      const functions = weather((city) => {
        controller.abort(reason);
        return `sunny in ${city}`;
      });
      const { signal } = controller;
      return (await roomySession(stage)).promptWithMeta(prompt, { functions, signal, onToken: stage.onToken() });
    },
    records: [{ finishReason: aborted, counts: () => ({ toolCalls: 1, undeliveredTokens: 0 }) }],
    otherSpans: [toolSpan],
    check: (played) => expectTool(played, "ok"),
  },
  {
    name: "the handler asks another session",
    play: async (stage) => {
      const other = await stage.session();
      return callOf(() => other.prompt(prompt, { ...sampling, maxTokens: 3 }))(stage);
    },
    records: [
      { finishReason: full, ledger: 0, counts: () => ({ outputTokens: 3, undeliveredTokens: 0 }) },
      { finishReason: stopped, ledger: 1, counts: () => ({ toolCalls: 1 }) },
    ],
    otherSpans: [toolSpan],
    check: ({ records: [inner, outer] }, spans) => {
      const parentOf = (id: string | undefined) =>
        spans.find((span) => span.spanContext().spanId === id)?.parentSpanContext?.spanId;
      const tool = spans.find(({ name }) => name === toolSpan);
      expect(parentOf(inner!.spanId)).toBe(tool!.spanContext().spanId);
      expect(parentOf(tool!.spanContext().spanId)).toBe(outer!.spanId);
    },
  },
  {
    name: "functions and a grammar, which the engine refuses",
    play: async (stage) => {
      const session = await roomySession(stage);
      const grammar = await session.model.llama.getGrammarFor("json");
      // the types refuse it, too
      const options = { grammar, functions: weather(String) } as object;
      return session.promptWithMeta(prompt, options);
    },
    records: [{ finishReason: failed, failure: "invalid_argument" }],
  },
  {
    name: "a grammar that comes to its end",
    play: async (stage) => {
      const session = await stage.session();
      const grammar = await session.model.llama.createGrammarForJsonSchema({ enum: ["Paris", "Rome"] });
      return session.promptWithMeta(prompt, { grammar, onToken: stage.onToken() });
    },
    records: [{ finishReason: { unified: "stop", raw: "stopGenerationTrigger" } }],
  },
  {
    name: "a chat hands the call over",
    play: async (stage) => {
      const chat = await stage.chat(await stage.sequence({ context: { contextSize: 1024 } }));
      const history = [...chat.chatWrapper.generateInitialChatHistory(), { type: "user", text: prompt } as const];
      return chat.generateResponse(history, { functions: { getWeather: { description, params } } });
    },
    records: [{ finishReason: { unified: "tool_calls", raw: "functionCalls" } }],
    check: ({ outcome, tools }) => {
      expect(outcome.value).toMatchObject({ functionCalls: [{ functionName: "getWeather" }] });
      expect(tools).toEqual([]);
    },
  },
];

/** A model that calls a function: how that can end. */
export const functionRows: readonly Ending[] = rows.map((row) => ({ ...row, variant: "functions" }));
