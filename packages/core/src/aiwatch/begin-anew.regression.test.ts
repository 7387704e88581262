import { Counter, Gauge, Registry } from "prom-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { catalogue } from "../catalogue/index.ts";
import { ExitFigures } from "../exit-report/exit-report.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { createAiwatch, hostOf } from "./aiwatch.ts";

const ended = 'genai_app_inferences_total{model="tiny",operation="chat",finish_reason="stop"}';
const chat = (aiwatch: Pick<ReturnType<typeof createAiwatch>, "startInference">) => {
  const inference = aiwatch.startInference({ model: "tiny" });
  inference.token(2);
  inference.end({ unified: "stop" });
};
const countOf = async (registry: Registry, series: string) => {
  const line = (await registry.metrics()).split("\n").find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};

describe("an app that clears its registry and creates an instance again", () => {
  it("finds every count and every distribution at 0, as prom-client's own are", async () => {
    const registry = new Registry();
    chat(createAiwatch({ registry }));
    registry.clear();
    createAiwatch({ registry });
    for (const metric of await registry.getMetricsAsJSON()) {
      if (String(metric.type) === "gauge") continue;
      const values = metric.values.map(({ value }) => value);
      expect([metric.name, values]).toEqual([metric.name, values.map(() => 0)]);
    }
  });

  it("counts on from there, and the instance that lives on counts with it", async () => {
    const registry = new Registry();
    const before = createAiwatch({ registry });
    chat(before);
    registry.clear();
    chat(before);
    const after = createAiwatch({ registry });
    chat(before);
    chat(after);
    expect(await countOf(registry, ended)).toBe(2);
    const firstTokens = "genai_app_first_token_latency_seconds_count";
    expect(await countOf(registry, `${firstTokens}{model="tiny"}`)).toBe(2);
  });

  it("finds a single metric that it took away at 0, and the others as they were", async () => {
    const registry = new Registry();
    const aiwatch = createAiwatch({ registry });
    chat(aiwatch);
    registry.removeSingleMetric("genai_app_inferences_total");
    expect(await countOf(registry, ended)).toBe(undefined);
    createAiwatch({ registry });
    expect(await countOf(registry, ended)).toBe(0);
    expect(await countOf(registry, 'genai_app_chat_tokens_total{direction="output",model="tiny"}')).toBe(2);
    chat(aiwatch);
    expect(await countOf(registry, ended)).toBe(1);
  });

  it("still sees what is in flight, which is no count", async () => {
    const registry = new Registry();
    const aiwatch = createAiwatch({ registry });
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.evaluationBegun();
    registry.clear();
    createAiwatch({ registry });
    expect(await countOf(registry, 'genai_app_active_inferences{model="tiny"}')).toBe(1);
    inference.end({ unified: "stop" });
    expect(await countOf(registry, 'genai_app_active_inferences{model="tiny"}')).toBe(0);
    expect(await countOf(registry, ended)).toBe(1);
  });

  it("keeps its other metrics, and an instance that was only asked for again keeps its counts", async () => {
    const registry = new Registry();
    const theirs = new Counter({ name: "app_total", help: "x", registers: [registry] });
    theirs.inc(3);
    chat(createAiwatch({ registry }));
    createAiwatch({ registry });
    expect(await countOf(registry, ended)).toBe(1);
    expect(await countOf(registry, "app_total")).toBe(3);
  });
});

it("resetting all metrics sets counts to 0, and what was bound counts on from there", async () => {
  const { aiwatch, registry } = createTestAiwatch();
  const bound = aiwatch.metrics.counter({ name: "app_total", help: "x" }).bind();
  bound.add(3);
  chat(aiwatch);
  registry.resetMetrics();
  bound.add(2);
  chat(aiwatch);
  expect([await countOf(registry, "app_total"), await countOf(registry, ended)]).toEqual([2, 1]);
});

it("an app's histogram begins at 0 in a cleared registry, and a gauge holds what the app last set", async () => {
  const { aiwatch, registry } = createTestAiwatch();
  const define = () => ({
    histogram: aiwatch.metrics.histogram({ name: "app_seconds", help: "x", bounds: [1] }),
    gauge: aiwatch.metrics.gauge({ name: "app_level", help: "x" }),
  });
  const { histogram, gauge } = define();
  const bound = histogram.bind();
  bound.observe(1);
  gauge.set(4);
  registry.clear();
  expect(define()).toEqual({ histogram, gauge });
  bound.observe(2);
  expect(await countOf(registry, "app_seconds_sum")).toBe(2);
  expect(await countOf(registry, 'app_seconds_bucket{le="1"}')).toBe(0);
  expect(await countOf(registry, "app_level")).toBe(4);
});

it("the report at the exit loses nothing where the app reset its metrics", () => {
  const { aiwatch, registry } = createTestAiwatch();
  const { instruments } = hostOf(aiwatch);
  instruments.spansDropped.add({}, 5);
  const figures = new ExitFigures(instruments);
  instruments.spansDropped.add({}, 2);
  registry.resetMetrics();
  instruments.spansDropped.add({}, 1);
  registry.clear();
  createAiwatch({ registry });
  expect(figures.text()).toMatch(/spans lost +3\n/);
});

describe("a copy of another shape on a registry that was cleared", () => {
  afterEach(() => vi.doUnmock("../catalogue/index.ts"));

  it("says that the instances from before are read no more, and counts that", async () => {
    vi.resetModules();
    const row = { ...catalogue.spansDropped, name: "genai_app_more_total" };
    vi.doMock("../catalogue/index.ts", () => ({ catalogue: { ...catalogue, row } }));
    const there = await import("../index.ts");
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const registry = new Registry();
    createAiwatch({ registry });
    registry.clear();
    const aiwatch = there.createAiwatch({ registry });
    expect(warned.mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringMatching(
        /^registering metrics where those of @aiwatch\/core \S+ \(metrics \S+\) were, whose instances are read no more, failed/,
      ),
    ]);
    expect(await countOf(registry, 'genai_app_telemetry_errors_total{source="registry"}')).toBe(1);
    there.createAiwatch({ registry });
    expect(warned).toHaveBeenCalledTimes(1);
    // and the other way round, each time that one takes the other one's place
    registry.clear();
    createAiwatch({ registry });
    expect(warned).toHaveBeenCalledTimes(2);
    warned.mockRestore();
    await aiwatch.close();
  });
});

it("a registry that takes no more has none of ours, and takes all once it does", () => {
  const registry = new Registry();
  new Gauge({ name: "app_level", help: "x", registers: [registry] });
  const register = registry.registerMetric.bind(registry);
  let room = 20;
  registry.registerMetric = (metric: never) => {
    room -= 1;
    if (room < 0) throw new RangeError("full");
    register(metric);
  };
  expect(() => createAiwatch({ registry })).toThrow("full");
  expect(registry.getMetricsAsArray().map(({ name }) => name)).toEqual(["app_level"]);
  room = 1000;
  createAiwatch({ registry });
  expect(registry.getSingleMetric("genai_app_inferences_total")).toBeDefined();
});
