import { aiwatchNode } from "@aiwatch/core/node";
import { createTestAiwatch, fakeClock } from "@aiwatch/core/testing";
import { testServer } from "@aiwatch/testkit";
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

test("the first token is what readers wait for it from the arrival, not the engine's own time", async () => {
  const clock = fakeClock();
  const { aiwatch } = createTestAiwatch({ clock });
  const server = await testServer(
    aiwatchNode((_request, response) => {
      clock.advance(2000); // in the app's own line
      const inference = aiwatch.startInference({ model: "tiny" });
      clock.advance(100);
      inference.token();
      inference.end({ unified: "stop" });
      response.end();
    }, aiwatch),
  );
  await (await fetch(server.url)).text();
  await server.close();
  const summary = JSON.parse(JSON.stringify(aiwatch.summary()));
  expect(summary.averages.firstTokenMs).toBe(100);
  const [, read] = figures.find(([name]) => name === "first token") ?? [];
  expect(read?.(summary)).toBe("2.10 s");
});
