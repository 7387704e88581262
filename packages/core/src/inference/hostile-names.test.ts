import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { metricsHandler } from "../routes/handlers.ts";
import { hostileTexts } from "../test-support/hostile-texts.ts";
import { labelOf } from "../test-support/label-of.ts";
import {
  expectBoundedSpan,
  expectExposition,
  expectLine,
  expectPrettyLine,
  linesTo,
} from "../test-support/unforged.ts";
import { createTestAiwatch, type TestAiwatch } from "../testing/index.ts";
import { recordedSpans } from "../tracing/test-support/recorded-spans.ts";

const spans = recordedSpans();

/** An instance that writes lines, and the look at all that it did. */
function observed() {
  const lines: string[] = [];
  const pretty: string[] = [];
  const test = createTestAiwatch({ observers: [linesTo(lines, false), linesTo(pretty, true)] });
  const harmless = async (count: number) => {
    expect(test.diagnostics).toEqual([]);
    expect([lines.length, pretty.length, spans().length]).toEqual([count, count, count]);
    for (const line of lines) expectLine(line);
    for (const line of pretty) expectPrettyLine(line);
    for (const span of spans()) expectBoundedSpan(span);
    await expectExposition(await serveMetrics(test));
  };
  return { ...test, lines, harmless };
}

async function serveMetrics({ aiwatch }: TestAiwatch): Promise<string> {
  const server = createServer(metricsHandler(aiwatch)).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(Object.entries(hostileTexts))("a name of %s takes nobody in", (_, text) => {
  it("as a model's, and as its engine's own word", async () => {
    const { aiwatch, inferences, sample, harmless } = observed();
    const inference = aiwatch.startInference({ model: text });
    inference.token();
    inference.end({ unified: "stop", raw: text });
    aiwatch.reportModel(text, { contextSize: 768, info: { architecture: text, quantization: text } });
    expect(inferences).toMatchObject([{ model: text, finishReason: { raw: text } }]);
    const labels = { model: labelOf(text), operation: "chat", finish_reason: "stop" };
    expect(await sample("genai_app_inferences_total", labels)).toBe(1);
    expect(await sample("genai_app_llamacpp_context_size", { model: labelOf(text) })).toBe(768);
    await harmless(1);
  });

  it("as a tool's, its call's and its description", async () => {
    const { aiwatch, sample, harmless } = observed();
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.startTool({ name: text, callId: text, description: text }).end();
    inference.end({ unified: "stop" });
    const labels = { model: "tiny", tool: labelOf(text), outcome: "ok" };
    expect(await sample("genai_app_tool_calls_total", labels)).toBe(1);
    await harmless(2);
  });

  it("as an error's name, code, class and message: none of them is told", async () => {
    const { aiwatch, inferences, lines, harmless } = observed();
    const isName = /^[\w$.-]{1,64}$/.test(text);
    const odd = class extends Error {};
    Object.defineProperty(odd, "name", { value: text });
    const errors = [
      Object.assign(new Error(text), { name: text }),
      Object.assign(new Error(text), { code: text }),
      new odd(text),
      Object.assign(new Error(text), { name: { toString: () => text }, code: [text] }),
    ];
    for (const error of errors) aiwatch.startInference({ model: "tiny" }).fail(error);
    const types = inferences.map(({ failure }) => failure?.type);
    expect(types.slice(0, 3)).toEqual(new Array(3).fill(isName ? text : "Error"));
    expect(types[3]).toBe("Error");
    if (!isName && text.trim().length > 1) expect(lines.join("")).not.toContain(JSON.stringify(text).slice(1, 40));
    await harmless(errors.length);
  });

  it("as an error type that the app made up", async () => {
    const { aiwatch, sample, harmless } = observed();
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.startTool({ name: "weather" }).fail(new Error("x"), text);
    inference.fail(new Error("x"), text);
    for (const operation of ["inference", "tool"]) {
      expect(await sample("genai_app_errors_total", { type: labelOf(text), operation })).toBe(1);
    }
    await harmless(2);
  });
});

it.each([Symbol("model"), { toString: () => "model" }, { toString: () => expect.unreachable() }, 7, null])(
  "a model's name that is none costs the app nothing: %#",
  (model) => {
    const { aiwatch, inferences } = observed();
    const inference = aiwatch.startInference({ model: model as never });
    inference.token();
    expect(inference.run(() => "answer")).toBe("answer");
    inference.startTool({ name: model as never }).end();
    inference.end({ unified: "stop" });
    expect(inferences).toHaveLength(1);
  },
);
