import { adapterOf, numberAt } from "@aiwatch/core/adapter";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { expect, test } from "vitest";
import { llamaCpp } from "../engine/objects.ts";
import { watchObject } from "../readings/watch.ts";

test("a reading that fails once is reported, and the next one is there again", async () => {
  const { aiwatch, diagnostics, sample } = createTestAiwatch();
  let broken = false;
  const model = {
    get size() {
      if (broken) throw new Error("no");
      return 10;
    },
  };
  watchObject(adapterOf(aiwatch, llamaCpp), "tiny", model, (watched) => ({
    modelMemoryBytes: numberAt(watched, "size") ?? 0,
  }));
  const memory = () => sample("genai_app_model_memory_bytes", { model: "tiny" });
  expect(await memory()).toBe(10);
  broken = true;
  expect(await memory()).toBe(undefined);
  expect(diagnostics).toContainEqual(expect.objectContaining({ source: "adapter", what: "reading a model" }));
  broken = false;
  expect(await memory()).toBe(10);
});
