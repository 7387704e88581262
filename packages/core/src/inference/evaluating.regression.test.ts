import { expect, it } from "vitest";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import type { InferenceHandle } from "./inference-handle.ts";

function setUp() {
  const clock = fakeClock(1000);
  const test = createTestAiwatch({ clock });
  const inference = test.aiwatch.startInference({ model: "tiny" });
  const running = async () => [
    await test.sample("genai_app_active_inferences", { model: "tiny" }),
    await test.sample("genai_app_queued_inferences", { model: "tiny" }),
  ];
  return { ...test, clock, inference, running };
}

const signs: Readonly<Record<string, (inference: InferenceHandle) => void>> = {
  "a token": (inference) => inference.token(),
  "several tokens": (inference) => inference.token(5),
  "the first token": (inference) => inference.firstToken(),
  "decoded prompt tokens": (inference) => inference.prefilled(3),
  "a thought": (inference) => inference.reasoningTokens(2),
  "a context shift": (inference) => inference.contextShift(),
  "a tool that it calls": (inference) => inference.startTool({ name: "weather" }).end(),
};

it.each(Object.entries(signs))(
  "%s shows that it is evaluated, and no time in the queue is made of it",
  async (_, sign) => {
    const { inference, clock, running, inferences } = setUp();
    expect(await running()).toEqual([0, 1]);
    clock.advance(50);
    sign(inference);
    expect(await running()).toEqual([1, 0]);
    clock.advance(50);
    // told too late: it began before the sign
    inference.evaluationBegun();
    inference.end({ unified: "stop" });
    expect(await running()).toEqual([0, 0]);
    expect(inferences[0]).not.toHaveProperty("queueMs");
    expect(inferences[0]).not.toHaveProperty("promptEvalMs");
  },
);

it.each<[string, (inference: InferenceHandle) => void]>([
  ["its prompt's length", (inference) => inference.promptTokens(9, 3)],
  ["no tokens", (inference) => inference.token(0)],
  ["what is no count", (inference) => inference.prefilled(-1)],
  ["that the next token is asked for", (inference) => inference.tokenAsked()],
])("%s is known of one that waits, too", async (_, tell) => {
  const { inference, running, clock, inferences } = setUp();
  tell(inference);
  expect(await running()).toEqual([0, 1]);
  clock.advance(45);
  inference.evaluationBegun();
  inference.end({ unified: "stop" });
  expect(inferences[0]).toMatchObject({ queueMs: 45 });
});

it("where output came that nobody counted, its tokens are unknown, and not 0", () => {
  for (const sign of ["the first token", "a thought", "a tool that it calls"]) {
    const { inference, inferences } = setUp();
    inference.evaluationBegun();
    signs[sign]!(inference);
    inference.end({ unified: "stop" });
    expect(inferences[0], sign).not.toHaveProperty("outputTokens");
  }
});
