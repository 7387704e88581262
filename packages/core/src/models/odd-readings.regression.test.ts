import { Counter, Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Aiwatch, createAiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import { listModels } from "../compat/go-routes.ts";
import type { ModelReadings, ReadModel } from "./readings.ts";

let registry: Registry;
let aiwatch: Aiwatch;
const warnings: string[] = [];

beforeEach(() => {
  warnings.length = 0;
  vi.spyOn(process, "emitWarning").mockImplementation((warning) => void warnings.push(String(warning)));
  registry = new Registry();
  new Counter({ name: "app_orders_total", help: "the app's own", registers: [registry] }).inc();
  aiwatch = createAiwatch({ registry });
});

afterEach(() => vi.restoreAllMocks());

const throws = () => {
  throw new Error("gone");
};

const odd: [string, () => unknown][] = [
  ["is null", () => null],
  ["is a text", () => "llama"],
  ["is a number", () => 5],
  ["is a promise", async () => ({ contextSize: 512 })],
  ["is a promise that rejects", async () => throws()],
  ["throws", throws],
  ["has a getter that throws", () => Object.defineProperty({}, "contextSize", { get: throws, enumerable: true })],
  ["has one in its info", () => ({ info: Object.defineProperty({}, "gpu", { get: throws, enumerable: true }) })],
  ["can be read by nobody", () => new Proxy({}, { ownKeys: throws })],
];

describe("a model whose reading is odd", () => {
  it.each(odd)("costs nobody else anything: one that %s", async (_, read) => {
    const rejected = vi.fn();
    process.on("unhandledRejection", rejected);
    hostOf(aiwatch).models.watch("odd", read as ReadModel);
    hostOf(aiwatch).models.watch("sound", () => ({ contextSize: 512 }));
    const exposition = await registry.metrics();
    expect(exposition).toContain("app_orders_total 1");
    expect(exposition).toContain('genai_app_llamacpp_context_size{model="sound"} 512');
    expect(aiwatch.summary().models).toEqual([{ model: "odd" }, { model: "sound", contextSize: 512 }]);
    await new Promise(setImmediate);
    process.off("unhandledRejection", rejected);
    expect(rejected).not.toHaveBeenCalled();
    expect(warnings).toEqual([expect.stringContaining("reading a model failed: ")]);
    expect(await registry.metrics()).toMatch(/genai_app_telemetry_errors_total\{source="registry"\} [1-9]/);
  });
});

describe("what a model tells", () => {
  it("is texts where texts belong, though numbers were given", () => {
    const info = { quantization: 4, architecture: 7, gpu: 0, parameters: 1_500 } as unknown as ModelReadings["info"];
    hostOf(aiwatch).models.watch("watched", () => ({ info }) as ModelReadings);
    aiwatch.reportModel("reported", { info } as ModelReadings);
    for (const listed of listModels(hostOf(aiwatch).models)) {
      expect(listed).toMatchObject({ quantization: "4", architecture: "7", parameters: "1.50 K" });
    }
    expect(aiwatch.summary().models.map((model) => model.info?.gpu)).toEqual(["0", "0"]);
  });

  it("stays a number, however large", () => {
    const readings = { modelType: "llama.cpp", contextSize: 512, modelMemoryBytes: 1e308, contextMemoryBytes: 1e308 };
    hostOf(aiwatch).models.watch("tiny", () => readings);
    hostOf(aiwatch).models.watch("tiny", () => readings);
    for (const tokens of [1e308, 1e308]) {
      const inference = aiwatch.startInference({ model: "tiny" });
      inference.token(tokens);
      inference.end({ unified: "stop" }, { promptTokens: tokens, outputTokens: tokens });
    }
    const numbers: unknown[] = [];
    JSON.stringify(aiwatch.summary(), (_, value) => {
      if (typeof value === "number") numbers.push(value);
      return value;
    });
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
  });
});
