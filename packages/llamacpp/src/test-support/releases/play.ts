import type { SpeculativeTokens, ToolRecord } from "@aiwatch/core";
import { createTestAiwatch, type TestAiwatch } from "@aiwatch/core/testing";
import type { Llama } from "node-llama-cpp";
import type { Feature } from "./feature.ts";
import type { Outcome, Played, Way } from "./played.ts";
import { type Engine, ReleaseStage } from "./release-stage.ts";

/** Plays a feature once, in one way. */
export async function play(engine: Engine, llama: Llama, feature: Feature, way: Way): Promise<Played> {
  const tools: ToolRecord[] = [];
  const seen = createTestAiwatch({ observers: [{ name: "tools", toolEnded: (record) => tools.push(record) }] });
  const stage = new ReleaseStage(engine, llama, way, seen.aiwatch, feature.variant ?? "chat");
  const result = await settle(feature.play(stage));
  const contextTokens = stage.sequences.map((sequence) => sequence.contextTokens);
  const outcome: Outcome = { ...result, delivered: stage.delivered, contextTokens };
  const predictions = predictionsOf(stage);
  const readings = await readingsOf(seen);
  const left = await stage.strike();
  const { inferences: records, diagnostics } = seen;
  return { outcome, native: stage.native, predictions, records, tools, diagnostics, readings, left };
}

function predictionsOf({ sequences: [sequence] }: ReleaseStage): SpeculativeTokens {
  const { used, unused, refuted } = sequence?.tokenPredictions ?? { used: 0, unused: 0, refuted: 0 };
  return { used, unused, refuted };
}

async function settle(running: Promise<unknown>): Promise<Pick<Outcome, "value" | "error">> {
  try {
    return { value: withoutTimes(await running) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: { class: error.constructor.name, name: error.name, message: error.message } };
  }
}

/** The engine puts the times of a thought into its segment. */
function withoutTimes(value: unknown): unknown {
  const isTime = (name: string) => name === "startTime" || name === "endTime";
  const json = JSON.stringify(value, (name, part: unknown) => (isTime(name) ? undefined : part));
  return json === undefined ? undefined : JSON.parse(json);
}

/** The samples of the engine's rows, without the histograms' buckets. */
async function readingsOf({ registry }: TestAiwatch): Promise<Readonly<Record<string, number>>> {
  const metrics = await registry.getMetricsAsJSON();
  const readings: Record<string, number> = {};
  for (const { name, values } of metrics) {
    if (!/_llamacpp_|_model_memory_/.test(name)) continue;
    for (const { value, labels, ...sample } of values) {
      if ("le" in labels) continue;
      const metricName = "metricName" in sample ? sample.metricName : name;
      readings[`${metricName} ${JSON.stringify(labels)}`] = value;
    }
  }
  return readings;
}
