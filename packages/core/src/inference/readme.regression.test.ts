import { setImmediate as turn } from "node:timers/promises";
import { snippetOf } from "@aiwatch/testkit";
import { trace } from "@opentelemetry/api";
import { expect, it } from "vitest";
import { createTestAiwatch } from "../testing/index.ts";
import { recordedSpans } from "../tracing/test-support/recorded-spans.ts";

const spans = recordedSpans();
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

it("the README's engine works below the inference's span, and not beside it", async () => {
  const engine = {
    ready: () => turn(),
    async *generate() {
      for (const name of ["model server", "model server, again"]) {
        trace.getTracer("engine").startSpan(name).end();
        await turn();
        yield name;
      }
    },
  };
  const { aiwatch, inferences } = createTestAiwatch();
  const snippet = await snippetOf(new URL("../../README.md", import.meta.url), /^ {2}model: "my-model"/m);
  await AsyncFunction("aiwatch", "engine", "prompt", "signal", snippet)(aiwatch, engine, "Hello", undefined);
  const [inference] = spans().filter(({ name }) => name === "chat my-model");
  const served = spans().filter(({ name }) => name.startsWith("model server"));
  expect(served.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(
    Array(2).fill(inference?.spanContext().spanId),
  );
  expect(inferences[0]!.queueMs).toBeGreaterThan(0);
  expect(inferences).toMatchObject([{ outputTokens: 2, provider: "my-engine", finishReason: { unified: "stop" } }]);
});
