import { createTestAiwatch, fakeClock } from "@aiwatch/core/testing";
import { expect, test } from "vitest";
import { figures } from "../src/page/panel.js";

test("the page shows a dash for what is not known, and never a zero", () => {
  const clock = fakeClock();
  const { aiwatch } = createTestAiwatch({ clock });
  const shown = () => {
    const summary = JSON.parse(JSON.stringify(aiwatch.summary()));
    return Object.fromEntries(figures.map(([name, read]) => [name, read(summary)]));
  };
  const unknown = {
    "response time": "–",
    "first token": "–",
    speed: "–",
    errors: "–",
    "prompt eval": "–",
    context: "–",
  };
  expect(shown()).toMatchObject({ ...unknown, "tokens out": "0", requests: "0", stopped: "0" });

  aiwatch.reportModel("tiny", { modelType: "llama.cpp" });
  expect(shown()).toMatchObject({ ...unknown, "memory / token": "–", "model memory": "–", threads: "–" });

  const inference = aiwatch.startInference({ model: "tiny" });
  inference.token();
  clock.advance(100);
  inference.token();
  inference.end({ unified: "stop" });
  expect(shown()).toMatchObject({ speed: "10.0/s", "tokens out": "2", "response time": "–" });
  clock.advance(60_001);
  expect(shown()).toMatchObject({ speed: "–", "tokens out": "2" });
});
