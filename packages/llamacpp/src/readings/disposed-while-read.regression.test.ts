import { createTestAiwatch } from "@aiwatch/core/testing";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { getLlama } from "node-llama-cpp";
import { expect, onTestFinished, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";

const modelPath = await ensureTinyModel({ variant: "chat" });

async function ownLlama() {
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
  onTestFinished(() => llama.dispose());
  return llama;
}

test("a GPU whose engine is disposed while its memory is read is absent, and no fault", async () => {
  const { aiwatch, sample, diagnostics } = createTestAiwatch();
  const llama = await ownLlama();
  let fail: ((error: Error) => void) | undefined;
  const getVramState = () =>
    new Promise((_resolve, reject) => {
      fail = reject;
    });
  Object.defineProperties(llama, { gpu: { value: "cuda" }, getVramState: { value: getVramState } });
  instrumentModel(llama, { aiwatch });
  const scrape = sample("genai_app_llamacpp_vram_bytes", { state: "used" });
  while (fail === undefined) await new Promise(setImmediate);
  await llama.dispose();
  fail(new Error("Object is disposed"));
  expect([await scrape, diagnostics]).toEqual([undefined, []]);
});

test.each(["model", "context", "llama"] as const)(
  "a %s that is disposed while it is scraped is no fault",
  async (which) => {
    const { aiwatch, registry, diagnostics, sample } = createTestAiwatch();
    const llama = await ownLlama();
    const model = instrumentModel(await llama.loadModel({ modelPath }), { aiwatch });
    const context = await model.createContext({ contextSize: 512, threads: 1 });
    context.getSequence();
    expect(await registry.metrics()).toContain("genai_app_llamacpp_context_size");
    let isOver = false;
    const disposing = { model, context, llama }[which].dispose().finally(() => {
      isOver = true;
    });
    let scrapes = 0;
    for (; !isOver; scrapes += 1) await registry.metrics();
    await disposing;
    await registry.metrics();
    expect(scrapes).toBeGreaterThan(0);
    expect(diagnostics).toEqual([]);
    expect(await sample("genai_app_telemetry_errors_total", { source: "adapter" })).toBe(0);
  },
);
