import { describe, expect, it } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { catalogue } from "../catalogue/index.ts";
import { chatPhases } from "../catalogue/values.ts";
import { withHelper } from "../inference/helper.ts";
import { complete } from "../request/ending.ts";
import { closeRequest, type RequestScope, requestScopes } from "../request/scope.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";

function setUp() {
  const clock = fakeClock(1000);
  const test = createTestAiwatch({ clock });
  const { aiwatch, sample } = test;
  const phasesOf = async (model = "tiny") => {
    const seconds = chatPhases.map(async (phase) => [phase, await sample(catalogue.chatPhases.name, { model, phase })]);
    return Object.fromEntries(await Promise.all(seconds));
  };
  const begin = () => {
    const scope: RequestScope = { requestId: "r1", chat: false, closed: false };
    return {
      issue: (model = "tiny") => requestScopes().run(scope, () => aiwatch.startInference({ model })),
      enterLine: () => hostOf(aiwatch).chats.enterLine(scope),
      close: () => closeRequest(scope, complete(200, true)),
    };
  };
  return { ...test, clock, begin, phasesOf, chats: (model = "tiny") => sample(catalogue.chats.name, { model }) };
}

describe("the seconds that chats spend in their phases", () => {
  it("are those of the whole chat, and add up to it", async () => {
    const { clock, begin, phasesOf, chats } = setUp();
    const request = begin();
    const entry = request.enterLine();
    clock.advance(1000);
    entry?.end("admitted");
    clock.advance(2000);
    const helper = withHelper(() => request.issue());
    clock.advance(4000);
    helper.end({ unified: "stop" });
    const inference = request.issue();
    clock.advance(8000);
    inference.evaluationBegun();
    clock.advance(16_000);
    inference.token();
    clock.advance(32_000);
    const tool = inference.startTool({ name: "look" });
    clock.advance(64_000);
    tool.end();
    inference.end({ unified: "stop" });
    expect([await chats(), await phasesOf()]).toEqual([
      0,
      { line: 0, before: 0, queue: 0, prompt: 0, decode: 0, tool: 0 },
    ]);
    clock.advance(128_000);
    request.close();
    expect([await chats(), await phasesOf()]).toEqual([
      1,
      { line: 1, before: 2 + 4 + 128, queue: 8, prompt: 16, decode: 32, tool: 64 },
    ]);
  });

  it("are a prompt's where nobody says when the engine begins", async () => {
    const { aiwatch, clock, phasesOf, chats } = setUp();
    const inference = aiwatch.startInference({ model: "tiny" });
    clock.advance(3000);
    inference.token();
    clock.advance(5000);
    inference.end({ unified: "stop" });
    const expected = { line: 0, before: 0, queue: 0, prompt: 3, decode: 5, tool: 0 };
    expect([await chats(), await phasesOf()]).toEqual([1, expected]);
  });

  it("are none of whoever called no model", async () => {
    const { clock, begin, registry, chats } = setUp();
    begin().issue("other-model").end({ unified: "stop" });
    const refused = begin();
    const entry = refused.enterLine();
    clock.advance(1000);
    entry?.end("refused");
    refused.close();
    expect(await chats()).toBe(undefined);
    expect(await registry.metrics()).not.toMatch(/^genai_app_chat(s_total|_phase_seconds_total)\{model="".*/m);
  });

  it("are those of the model that it called last", async () => {
    const { clock, begin, phasesOf, chats } = setUp();
    const request = begin();
    for (const model of ["router", "tiny"]) {
      const inference = request.issue(model);
      inference.evaluationBegun();
      clock.advance(1000);
      inference.end({ unified: "stop" });
    }
    request.close();
    expect([await chats("router"), await chats("tiny")]).toEqual([0, 1]);
    expect((await phasesOf("tiny")).prompt).toBe(2);
  });

  it("are `other` for a model over the cap, and each lost name is counted", async () => {
    const { aiwatch, clock, sample, phasesOf, chats } = setUp();
    const { cap } = catalogue.chats.labels.model;
    for (let model = 0; model < cap + 3; model += 1) {
      const inference = aiwatch.startInference({ model: `model-${model}` });
      inference.evaluationBegun();
      clock.advance(1000);
      inference.end({ unified: "stop" });
    }
    expect([await chats("other"), (await phasesOf("other")).prompt]).toEqual([3, 3]);
    const dropped = (metric: string) => sample(catalogue.seriesDropped.name, { metric });
    expect(await dropped(catalogue.chats.name)).toBe(3);
    expect(await dropped(catalogue.chatPhases.name)).toBe(3);
  });
});
