import { describeWithTool, type RunningLlamaServer, startLlamaServer } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { afterAll, beforeAll, expect, it } from "vitest";

interface Answer {
  readonly choices: readonly [{ readonly finish_reason: string; readonly message: Message }];
}

interface Message {
  readonly role: string;
  readonly content: string | null;
  readonly tool_calls?: readonly ToolCall[];
}

interface ToolCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

const tool = (name: string, properties: Record<string, unknown>) => ({
  type: "function",
  function: { name, description: "What a city is like", parameters: { type: "object", properties } },
});
const city = { city: { type: "string" } };
const question = { role: "user", content: "How is the weather?" };

describeWithTool("llama-server", "the tiny model's tool calls over HTTP", () => {
  let server: RunningLlamaServer;
  beforeAll(async () => {
    server = await startLlamaServer({ model: await ensureTinyModel({ variant: "tools" }), contextSize: 2048 });
  });
  afterAll(async () => await server?.close());

  const chat = (body: object) =>
    fetch(`${server.url}/v1/chat/completions`, { method: "POST", body: JSON.stringify({ temperature: 0, ...body }) });
  const choiceOf = async (body: object) => ((await (await chat(body)).json()) as Answer).choices[0];
  const callsOf = ({ message }: Answer["choices"][0]) =>
    message.tool_calls?.map((call) => [call.function.name, JSON.parse(call.function.arguments)]);

  it("are calls for llama-server, and end when the result is there", async () => {
    const tools = [tool("lookup_weather", city)];
    const asked = await choiceOf({ messages: [question], tools });
    expect(asked.finish_reason).toBe("tool_calls");
    expect(callsOf(asked)).toEqual([["lookup_weather", { city: "Paris" }]]);
    const result = { role: "tool", tool_call_id: asked.message.tool_calls?.[0]?.id, content: "sunny" };
    const messages = [question, asked.message, result];
    const answered = await choiceOf({ messages, tools });
    expect(answered.finish_reason).toBe("stop");
    expect(answered.message.content).toMatch(/^\w.+\.$/);
    const again = await choiceOf({ messages: [...messages, answered.message, question], tools });
    expect(callsOf(again)).toEqual([["lookup_weather", { city: "Paris" }]]);
  });

  it("are streamed in pieces", async () => {
    const tools = [tool("lookup_weather", city)];
    const events = (await (await chat({ messages: [question], tools, stream: true })).text()).split("\n\n");
    const choices = events
      .filter((event) => event.startsWith("data: {"))
      .map((event) => JSON.parse(event.slice("data: ".length)).choices[0]);
    const deltas = choices.flatMap(({ delta }): ToolCall[] => delta.tool_calls ?? []);
    expect(deltas.length).toBeGreaterThan(2);
    expect(deltas[0]).toMatchObject({ id: expect.any(String), function: { name: "lookup_weather" } });
    expect(JSON.parse(deltas.map((delta) => delta.function.arguments).join(""))).toEqual({ city: "Paris" });
    expect(choices.at(-1)).toMatchObject({ finish_reason: "tool_calls", delta: {} });
  });

  it.each([
    ["nothing", {}, {}],
    ["numbers and choices", { days: { type: "integer" }, unit: { enum: ["kelvin"] } }, { days: 1, unit: "kelvin" }],
    ["a list", { cities: { type: "array", items: { type: "string" } } }, { cities: ["Paris"] }],
  ])("find arguments for %s", async (_, properties, expected) => {
    const tools = [{ ...tool("look", properties) }];
    tools[0]!.function.parameters = { ...tools[0]!.function.parameters, required: Object.keys(properties) } as never;
    const asked = await choiceOf({ messages: [question], tools, max_tokens: 100 });
    expect([asked.finish_reason, callsOf(asked)]).toEqual(["tool_calls", [["look", expected]]]);
  });

  it("are made where one is required, and not where none may be", async () => {
    const tools = [tool("lookup_weather", city), tool("lookup_news", city)];
    const required = await choiceOf({ messages: [question], tools, tool_choice: "required" });
    expect([required.finish_reason, callsOf(required)?.length]).toEqual(["tool_calls", 1]);
    const none = await choiceOf({ messages: [question], tools, tool_choice: "none" });
    expect([none.finish_reason, callsOf(none)]).toEqual(["stop", undefined]);
    const without = await choiceOf({ messages: [question] });
    expect([without.finish_reason, callsOf(without)]).toEqual(["stop", undefined]);
  });

  it("are one for each question under every seed", async () => {
    const tools = [tool("lookup_weather", city), tool("lookup_news", city)];
    for (let seed = 1; seed <= 30; seed++) {
      const asked = await choiceOf({ messages: [question], tools, temperature: 0.9, seed, max_tokens: 100 });
      expect([asked.finish_reason, callsOf(asked)?.length]).toEqual(["tool_calls", 1]);
    }
  });
});
