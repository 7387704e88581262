import { createTestAiwatch } from "@aiwatch/core/testing";
import { recordSpans, type SpanRecorder } from "@aiwatch/testkit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { observeFetch } from "./observe-fetch.ts";
import { modelServer, plays } from "./test-support/model-server.ts";

let recorder: SpanRecorder;
beforeAll(() => {
  recorder = recordSpans();
});
afterEach(() => recorder.reset());
afterAll(() => recorder.stop());

const hello = [{ role: "user", content: "Hello" }];

/** Asks a server that plays a capture. @returns what its span has of prompt and answer */
async function contentOf(name: string, path: string, body: object, target: "span" | "none" = "span") {
  const server = await modelServer(plays(name));
  const { aiwatch, diagnostics } = createTestAiwatch({ content: { target } });
  const init = { method: "POST", body: JSON.stringify({ model: "m", ...body }) };
  await (await observeFetch(fetch, { aiwatch })(`${server.url}${path}`, init)).text();
  await server.close();
  expect(diagnostics).toEqual([]);
  const attributes = recorder.spans()[0]?.attributes ?? {};
  return ["gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions"].map(
    (key) => attributes[key],
  );
}

const texts = (json: unknown) =>
  JSON.parse(String(json)).map(({ role, parts }: { role: string; parts: { content: string }[] }) => [
    role,
    parts.map(({ content }) => content).join(),
  ]);

test.each([
  [
    "llama-server/chat-stream",
    "/v1/chat/completions",
    { messages: hello, stream: true },
    [["assistant", "Let me explain"]],
  ],
  ["llama-server/chat", "/v1/chat/completions", { messages: hello }, [["assistant", "Let me explain!"]]],
  [
    "llama-server/chat-n2",
    "/v1/chat/completions",
    { messages: hello },
    [
      ["assistant", "Let me"],
      ["assistant", "Let me"],
    ],
  ],
  [
    "llama-server/completions-stream",
    "/v1/completions",
    { prompt: "Hello", stream: true },
    [["assistant", " carefully reads"]],
  ],
  [
    "llama-server/native-completion-stream",
    "/completion",
    { prompt: "Hello", stream: true },
    [["assistant", " carefully reads"]],
  ],
  ["llama-server/responses", "/v1/responses", { input: "Hello" }, [["assistant", "Let me explain!"]]],
  ["llama-server/responses-stream", "/v1/responses", { input: hello, stream: true }, [["assistant", "Let me explain"]]],
  ["llama-server/anthropic-messages", "/v1/messages", { messages: hello }, [["assistant", "Let me explain"]]],
  [
    "llama-server/anthropic-messages-stream",
    "/v1/messages",
    { messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }], stream: true },
    [["assistant", "Let me explain"]],
  ],
  ["ollama/chat-stream", "/api/chat", { messages: hello }, [["assistant", "Let me explain"]]],
  ["ollama/generate", "/api/generate", { prompt: "Hello", stream: false }, [["assistant", "Sure! Usually"]]],
])("the prompt and the answer of %s are kept where the app opted in", async (name, path, body, answer) => {
  const [input, output, instructions] = await contentOf(name, path, body);
  expect([texts(input), texts(output), instructions]).toEqual([[["user", "Hello"]], answer, undefined]);
});

test("instructions and roles are kept", async () => {
  const messages = [{ role: "developer", content: "Be kind" }, { role: "tool", content: "sunny" }, ...hello];
  const [input, , instructions] = await contentOf("llama-server/chat", "/v1/chat/completions", {
    messages,
    system: "Be brief",
  });
  expect(texts(input)).toEqual([
    ["system", "Be kind"],
    ["tool", "sunny"],
    ["user", "Hello"],
  ]);
  expect(instructions).toContain("Be brief");
});

test("nothing is kept where it did not", async () => {
  const content = await contentOf(
    "llama-server/chat-stream",
    "/v1/chat/completions",
    { messages: hello, stream: true },
    "none",
  );
  expect(content).toEqual([undefined, undefined, undefined]);
});
