import { describe, expect, it } from "vitest";
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

type Signs = Readonly<Record<string, (inference: InferenceHandle) => void>>;

/** What comes out of a model. */
const outputs: Signs = {
  "a token": (inference) => inference.token(),
  "several tokens": (inference) => inference.token(5),
  "the first token": (inference) => inference.firstToken(),
  "a thought": (inference) => inference.reasoningTokens(2),
  "a tool that it calls": (inference) => inference.startTool({ name: "weather" }).end(),
};

/** What an engine does before anything comes out, and may report before it says that it began. */
const preparations: Signs = {
  "decoded prompt tokens": (inference) => inference.prefilled(3),
  "a context shift": (inference) => inference.contextShift(),
};

it.each(Object.entries(outputs))(
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

describe.each(Object.entries(preparations))("%s", (_name, prepare) => {
  it("shows that it is evaluated, and the moment when that began counts as soon as it is told", async () => {
    const { inference, clock, running, inferences } = setUp();
    clock.advance(50);
    prepare(inference);
    expect(await running()).toEqual([1, 0]);
    inference.evaluationBegun();
    clock.advance(20);
    // the first moment that is told counts
    inference.evaluationBegun();
    inference.token();
    inference.end({ unified: "stop" });
    expect(inferences[0]).toMatchObject({ queueMs: 50, promptEvalMs: 20, outputTokens: 1 });
  });

  it("says nothing of the output's tokens", () => {
    const { inference, inferences } = setUp();
    prepare(inference);
    inference.end({ unified: "stop" });
    expect(inferences[0]).not.toHaveProperty("outputTokens");
    expect(inferences[0]).not.toHaveProperty("queueMs");
  });
});

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
    outputs[sign]!(inference);
    inference.end({ unified: "stop" });
    expect(inferences[0], sign).not.toHaveProperty("outputTokens");
  }
});
