import { afterEach, describe, expect, it, vi } from "vitest";
import { createTestAiwatch } from "../testing/index.ts";
import { recordedSpans } from "../tracing/test-support/recorded-spans.ts";
import { type ContentOptions, instructionsJson, messagesJson, readContentSettings } from "./content.ts";

const spans = recordedSpans();
afterEach(() => vi.unstubAllEnvs());

const variable = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";
const event = "gen_ai.client.inference.operation.details";
const names = ["gen_ai.input.messages", "gen_ai.system_instructions", "gen_ai.output.messages"];

/** One inference with a canary in each place where content can be. */
function infer(content?: ContentOptions) {
  const test = createTestAiwatch(content === undefined ? {} : { content });
  const inference = test.aiwatch.startInference({ model: "tiny" });
  inference.input(
    [
      { role: "user", text: "canary question" },
      { role: "tool", text: "canary result" },
    ],
    "canary system",
  );
  inference.token();
  inference.output([{ role: "assistant", text: "canary answer", finishReason: "stop" }]);
  inference.startTool({ name: "weather" }).fail(new Error("canary"));
  const { capturesContent } = inference;
  inference.end({ unified: "stop" });
  const all = spans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status }));
  const span = all.findLast(({ name }) => name === "chat tiny")!;
  const inEvents = span.events.filter(({ name }) => name === event);
  const inAttributes = names.filter((name) => name in span.attributes);
  return { ...test, all, span, inEvents, inAttributes, capturesContent };
}

describe("prompts and answers", () => {
  it("are nowhere unless the app opted in", async () => {
    const { all, inferences, capturesContent, registry, diagnostics } = infer();
    expect(JSON.stringify([all, inferences])).not.toContain("canary");
    expect(await registry.metrics()).not.toContain("canary");
    expect(capturesContent).toBe(false);
    expect(diagnostics).toEqual([]);
  });

  it.each([
    ["true", 3, 0],
    ["TRUE", 3, 0],
    ["false", 0, 0],
    ["NO_CONTENT", 0, 0],
    ["SPAN_ONLY", 3, 0],
    ["EVENT_ONLY", 0, 1],
    ["SPAN_AND_EVENT", 3, 1],
    ["span_and_event", 3, 1],
    ["", 0, 0],
  ])("with %j in the environment are in %i attributes and %i events", (value, attributes, events) => {
    vi.stubEnv(variable, value);
    const { inAttributes, inEvents, capturesContent } = infer();
    expect([inAttributes.length, inEvents.length]).toEqual([attributes, events]);
    expect(capturesContent).toBe(attributes + events > 0);
  });

  it.each([
    ["none", 0, 0],
    ["span", 3, 0],
    ["event", 0, 1],
    ["span_and_event", 3, 1],
  ] as const)("by the option %j, which beats the environment, are in %i and %i", (target, attributes, events) => {
    vi.stubEnv(variable, "SPAN_ONLY");
    const { inAttributes, inEvents } = infer({ target });
    expect([inAttributes.length, inEvents.length]).toEqual([attributes, events]);
  });

  it("are valid JSON, as the conventions write it, the same in attributes and in the event", () => {
    const { span, inEvents } = infer({ target: "span_and_event" });
    const [input, instructions, output] = names.map((name) => JSON.parse(String(span.attributes[name])));
    expect(input).toEqual([
      { role: "user", parts: [{ type: "text", content: "canary question" }] },
      { role: "tool", parts: [{ type: "text", content: "canary result" }] },
    ]);
    expect(instructions).toEqual([{ type: "text", content: "canary system" }]);
    expect(output).toEqual([
      { role: "assistant", parts: [{ type: "text", content: "canary answer" }], finish_reason: "stop" },
    ]);
    for (const name of names) expect(inEvents[0]!.attributes![name]).toBe(span.attributes[name]);
  });

  it("leave no trace of an error's message, nor come into records, even where they are wanted", () => {
    const { all, inferences } = infer({ target: "span" });
    const tool = all.find(({ name }) => name.startsWith("execute_tool"));
    expect(JSON.stringify([tool, inferences])).not.toContain("canary");
  });

  it("that come after the end change nothing", () => {
    const { aiwatch } = createTestAiwatch({ content: { target: "span_and_event" } });
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.end({ unified: "stop" });
    inference.input([{ role: "user", text: "canary" }], "canary");
    inference.output([{ role: "assistant", text: "canary" }]);
    const [span] = spans();
    expect(JSON.stringify([span!.attributes, span!.events])).not.toContain("canary");
  });

  it("that no text can be had of are a fault of ours, not the app's", async () => {
    const { aiwatch, inferences, diagnostics } = createTestAiwatch({ content: { target: "span" } });
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.input([{ role: "user" } as never]);
    inference.output(undefined as never);
    inference.end({ unified: "stop" });
    expect(inferences).toHaveLength(1);
    expect(diagnostics).toMatchObject([{ source: "adapter" }, { source: "adapter" }]);
  });
});

describe("a long text", () => {
  const half = /\p{Surrogate}/u;
  const contentOf = (text: string, maxLength: number) =>
    JSON.parse(messagesJson([{ role: "user", text }], maxLength))[0].parts[0].content as string;

  it("is cut to the length, and says how much is missing", () => {
    expect(contentOf("abcdef", 6)).toBe("abcdef");
    expect(contentOf("abcdefg", 6)).toBe("abcdef… (1 more)");
    expect(JSON.parse(instructionsJson("abcdefgh", 3))[0].content).toBe("abc… (5 more)");
  });

  it("is not cut within a character", () => {
    expect(contentOf("ab😀cd", 3)).toBe("ab… (4 more)");
    expect(contentOf("ab😀cd", 4)).toBe("ab😀… (2 more)");
    expect(contentOf("😀😀", 1)).toBe("… (4 more)");
    for (let length = 1; length < 8; length += 1) expect(contentOf("😀a😀b😀", length)).not.toMatch(half);
  });

  it("is cut in the span, by the option or the environment", () => {
    expect(infer({ target: "span", maxLength: 6 }).span.attributes[names[0]!]).toContain('"canary… (9 more)"');
    vi.stubEnv("AIWATCH_CONTENT_MAX_LENGTH", "3");
    expect(JSON.stringify(infer({ target: "span" }).span.attributes)).not.toContain("canary");
  });
});

describe("the settings", () => {
  it("are none and 8192 characters by default", () => {
    expect(readContentSettings({}, {})).toEqual({ target: "none", maxLength: 8192 });
  });

  it.each(["yes", "1", "ALL", "constructor", "__proto__"])("name the variable that holds %j", (value) => {
    expect(() => readContentSettings({}, { [variable]: value })).toThrowError(
      expect.objectContaining({
        code: "AIWATCH_INVALID_SETTING",
        message: `${variable} is "${value}", expected true, false, NO_CONTENT, SPAN_ONLY, EVENT_ONLY or SPAN_AND_EVENT`,
      }),
    );
  });

  it.each(["0", "-1", "1.5", "many", "Infinity"])("name the variable of a length of %j", (value) => {
    expect(() => readContentSettings({}, { AIWATCH_CONTENT_MAX_LENGTH: value })).toThrowError(
      `AIWATCH_CONTENT_MAX_LENGTH is "${value}", expected a whole number above 0`,
    );
  });

  it("name the option that cannot be used", () => {
    expect(() => readContentSettings({ target: "all" as never }, {})).toThrowError(
      'the option content.target is "all", expected none, span, event or span_and_event',
    );
    expect(() => readContentSettings({ maxLength: 0 }, {})).toThrowError(
      "the option content.maxLength is 0, expected a whole number above 0",
    );
  });
});

it("keeps a long conversation's newest texts, and of the older ones only how long they were", () => {
  const messages = Array.from(
    { length: 500 },
    (_, index) => ({ role: "user", text: `${index}`.padEnd(100, "x") }) as const,
  );
  const json = messagesJson(messages, 100);
  const texts: string[] = JSON.parse(json).map(({ parts }: { parts: [{ content: string }] }) => parts[0].content);
  expect(texts.slice(-4)).toEqual(messages.slice(-4).map(({ text }) => text));
  expect(new Set(texts.slice(0, -4))).toEqual(new Set(["… (100 more)"]));
});
