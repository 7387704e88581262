import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { adapterOf } from "../adapter/index.ts";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { AiwatchHost } from "../aiwatch/host.ts";
import type { ServerReadings } from "../models/server-board.ts";
import { createTestAiwatch, type TestAiwatch } from "../testing/index.ts";

const engine = { name: "any-engine" };

const lines = async ({ registry }: Pick<TestAiwatch, "registry">) =>
  (await registry.metrics()).split("\n").filter((line) => /^genai_app_(model_server|llamacpp_server)/.test(line));

const up: ServerReadings = { isUp: true, models: [] };

it("shows what a server says at the scrape, and nothing of what it does not say", async () => {
  const test = createTestAiwatch();
  let outputTokens = 5;
  const end = adapterOf(test.aiwatch, engine).watchServer("one", async () => ({
    isUp: true,
    restarts: 0,
    models: [{ model: "tiny", state: "loaded", activeSlots: 1, outputTokens, gpuMemoryBytes: Number.NaN }],
  }));
  const shown = [
    'genai_app_model_server_up{server="one"} 1',
    'genai_app_model_server_restarts_total{server="one"} 0',
    'genai_app_model_server_models{server="one",model="tiny",state="loaded"} 1',
    'genai_app_model_server_slots{server="one",model="tiny",state="active"} 1',
    'genai_app_llamacpp_server_output_tokens_total{server="one",model="tiny"} 5',
  ];
  expect((await lines(test)).toSorted()).toEqual(shown.toSorted());
  outputTokens = 9;
  test.registry.resetMetrics();
  const labels = { server: "one", model: "tiny" };
  expect(await test.sample("genai_app_llamacpp_server_output_tokens_total", labels)).toBe(9);
  end();
  expect(await lines(test)).toEqual([]);
});

it("a server that is down is 0, and one that cannot be read is absent, reported, and costs no other", async () => {
  const test = createTestAiwatch();
  const host = adapterOf(test.aiwatch, engine);
  host.watchServer("down", async () => ({ isUp: false, models: [] }));
  host.watchServer("broken", () => Promise.reject(new Error("canary")));
  host.watchServer("unknown", async () => undefined);
  expect(await lines(test)).toEqual(['genai_app_model_server_up{server="down"} 0']);
  expect(await test.sample("genai_app_telemetry_errors_total", { source: "registry" })).toBeGreaterThan(0);
});

it("refuses a second watch of one name on a registry, and takes it once the first has ended", () => {
  const { aiwatch, registry } = createTestAiwatch();
  const [host, other] = [aiwatch, new AiwatchHost({ registry })].map((each) => adapterOf(each, engine));
  const end = host!.watchServer("one", async () => up);
  expect(() => other!.watchServer("one", async () => up)).toThrow(
    expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message: expect.stringContaining('"one"') }),
  );
  end();
  other!.watchServer("one", async () => up);
});

it("leaves out models over the cap, which takes no model's name from the app's own, and counts them", async () => {
  const test = createTestAiwatch();
  const models = Array.from({ length: 60 }, (_, n) => ({ model: `m${n}`, state: "unloaded" as const, decodes: 1 }));
  adapterOf(test.aiwatch, engine).watchServer("router", async () => ({ isUp: true, models }));
  expect((await lines(test)).filter((line) => line.includes("_models{"))).toHaveLength(50);
  const metric = "genai_app_llamacpp_server_decodes_total";
  expect(await test.sample("genai_app_series_dropped_total", { metric })).toBe(10);
  test.aiwatch.startInference({ model: "own" }).end({ unified: "stop" });
  const labels = { model: "own", operation: "chat", finish_reason: "stop" };
  expect(await test.sample("genai_app_inferences_total", labels)).toBe(1);
});

it("goes on with the app's own instance where one stood in for it", async () => {
  const standIn = new AiwatchHost({ registry: new Registry() });
  const end = adapterOf(standIn, engine).watchServer("one", async () => up);
  const test = createTestAiwatch();
  standIn.yieldTo(hostOf(test.aiwatch));
  expect(await lines(test)).toEqual(['genai_app_model_server_up{server="one"} 1']);
  end();
  expect(await lines(test)).toEqual([]);
});

it("is shown by no copy of core from before, and breaks none", async () => {
  const test = createTestAiwatch();
  const older = Object.create(hostOf(test.aiwatch), { watchServer: { value: undefined } });
  adapterOf(older, engine).watchServer("one", async () => up)();
  expect(await lines(test)).toEqual([]);
});
