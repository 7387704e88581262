import { createTestAiwatch } from "@aiwatch/core/testing";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { getLlama } from "node-llama-cpp";
import { describe, expect, onTestFinished, test } from "vitest";
import { instrumentModel, uninstrument } from "../instrument-model.ts";

const name = "genai_app_llamacpp_vram_bytes";

/** A `Llama` of its own, which computes on the processor: there is no GPU where the tests run. */
async function ownLlama() {
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
  onTestFinished(() => llama.dispose());
  return llama;
}

/** Says that it has a GPU, as far as its memory goes. */
async function llamaWithGpu(getVramState: () => Promise<unknown>) {
  return Object.defineProperties(await ownLlama(), { gpu: { value: "cuda" }, getVramState: { value: getVramState } });
}

function setUp() {
  const seen = createTestAiwatch();
  const shown = async () => [await seen.sample(name, { state: "used" }), await seen.sample(name, { state: "total" })];
  return { ...seen, shown };
}

const unknown = [undefined, undefined];
const modelPath = await ensureTinyModel({ variant: "chat" });

describe("GPU memory", () => {
  test("is absent where there is no GPU, and its state is not even asked for", async () => {
    const { aiwatch, shown, diagnostics } = setUp();
    const llama = await ownLlama();
    let asked = 0;
    const { getVramState } = llama;
    llama.getVramState = function () {
      asked += 1;
      return getVramState.call(this);
    };
    instrumentModel(llama, { aiwatch });
    instrumentModel(await llama.loadModel({ modelPath }), { aiwatch });
    expect([await shown(), asked, diagnostics]).toEqual([unknown, 0, []]);
  });

  test("is read when somebody scrapes, once for all the models of a Llama and never for a token", async () => {
    let asked = 0;
    const state = { total: 1000, used: 400, free: 600, unifiedSize: 0 };
    const llama = await llamaWithGpu(async () => {
      asked += 1;
      return state;
    });
    const { aiwatch, sample } = setUp();
    const models = [await llama.loadModel({ modelPath }), await llama.loadModel({ modelPath })];
    for (const model of models) instrumentModel(model, { aiwatch, model: `model ${models.indexOf(model)}` });
    const context = await models[0]!.createContext({ contextSize: 512, threads: 1 });
    for await (const _ of context.getSequence().evaluate(models[0]!.tokenize("Tell me"), {})) if (asked > 0) break;
    expect(asked).toBe(0);
    expect([await sample(name, { state: "used" }), asked]).toEqual([400, 1]);
    expect([await sample(name, { state: "total" }), asked]).toEqual([1000, 2]);
    state.used = 500;
    expect(await sample(name, { state: "used" })).toBe(500);
    expect(await sample(name, { state: "free" })).toBe(undefined);
    // the models know nothing of the reading, and their ends do not end it while the other one is there
    await models[0]!.dispose();
    expect(await sample(name, { state: "used" })).toBe(500);
    await llama.dispose();
    expect(await sample(name, { state: "used" })).toBe(undefined);
  });

  test("of several engines of a process is the largest: their GPUs are the same", async () => {
    const { aiwatch, shown } = setUp();
    for (const used of [300, 200]) {
      instrumentModel(await llamaWithGpu(async () => ({ total: 1000, used })), { aiwatch });
    }
    expect(await shown()).toEqual([300, 1000]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["fails", () => Promise.reject(new Error("no driver"))],
    [
      "throws",
      () => {
        throw new Error("no driver");
      },
    ],
  ])("is absent where the reading %s, which is reported, and there again with the next one", async (_, fail) => {
    const { aiwatch, shown, diagnostics } = setUp();
    let isBroken = true;
    const llama = await llamaWithGpu(() => (isBroken ? fail() : Promise.resolve({ total: 10, used: 1 })));
    instrumentModel(llama, { aiwatch });
    expect(await shown()).toEqual(unknown);
    isBroken = false;
    expect(await shown()).toEqual([1, 10]);
    expect(diagnostics).toContainEqual(expect.objectContaining({ what: "reading a GPU's memory" }));
  });

  test.each([undefined, {}, { total: 0, used: 0 }, { total: "much", used: 1 }])(
    "is absent where the state is %o",
    async (state) => {
      const { aiwatch, shown, diagnostics } = setUp();
      instrumentModel(await llamaWithGpu(async () => state), { aiwatch });
      expect([await shown(), diagnostics]).toEqual([unknown, []]);
    },
  );

  test("is absent from a scrape that would have to wait for it, and asked for again once it has come", async () => {
    const answers: ((state: object) => void)[] = [];
    const { aiwatch, shown, sample } = setUp();
    instrumentModel(await llamaWithGpu(() => new Promise((resolve) => answers.push(resolve))), { aiwatch });
    expect([await shown(), answers.length]).toEqual([unknown, 1]);
    expect([await shown(), answers.length]).toEqual([unknown, 1]);
    answers[0]!({ total: 10, used: 1 });
    await new Promise(setImmediate);
    const next = sample(name, { state: "used" });
    while (answers.length < 2) await new Promise(setImmediate);
    answers[1]!({ total: 10, used: 2 });
    expect(await next).toBe(2);
  });

  test("is gone when nothing of it is observed any more", async () => {
    const { aiwatch, shown } = setUp();
    const llama = instrumentModel(await llamaWithGpu(async () => ({ total: 10, used: 1 })), { aiwatch });
    expect(await shown()).toEqual([1, 10]);
    uninstrument(llama);
    expect(await shown()).toEqual(unknown);
  });
});
