import type { InferenceRecord } from "@aiwatch/core";
import { describeWith } from "@aiwatch/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { countNames, type ExpectedRecord } from "../test-support/releases/feature.ts";
import { features } from "../test-support/releases/features/index.ts";
import { installRelease } from "../test-support/releases/install-release.ts";
import type { Played, ProbeReport, Way } from "../test-support/releases/played.ts";
import { isBefore, type Release, releases } from "../test-support/releases/releases.ts";
import { runProbe } from "../test-support/releases/run-probe.ts";
import { runRegisteredApp } from "../test-support/releases/run-registered-app.ts";

for (const release of releases) {
  const { version } = release;
  const get = () => installRelease(version);
  describeWith(`node-llama-cpp ${version}`, get, (folder) => describeRelease(release, folder));
}

function describeRelease(release: Release, folder: string): void {
  let report: ProbeReport;
  beforeAll(async () => {
    report = await runProbe(folder);
  });
  const run = (feature: string, way: Way): Played => {
    const played = report[feature]?.[way];
    if (played === undefined) throw new Error(`"${feature}" was not played ${way}`);
    return played;
  };
  describeFeatures(release, run);
  describeReadings(release, run);
  describeRegister(folder);
}

/** Of a run of the probe. */
type Run = (feature: string, way: Way) => Played;

function describeFeatures({ version }: Release, run: Run): void {
  const runs = features.flatMap(({ ways = ["llama"], ...feature }) => ways.map((way) => ({ ...feature, way })));
  test.each(runs)("$name, with the $way observed", ({ name, way, since, records, tools = [] }) => {
    const bare = run(name, "bare");
    const observed = run(name, way);
    expect(observed.outcome).toEqual(bare.outcome);
    expect(observed.diagnostics).toEqual([]);
    expect(observed.left).toEqual([]);
    if (since !== undefined && isBefore(version, since.version)) {
      expect(bare.outcome.error?.message).toMatch(since.refusal);
      expect(observed.records).toEqual([]);
      return;
    }
    expect(observed.records).toHaveLength(records.length);
    for (const [index, record] of observed.records.entries()) expectRecord(record, records[index], bare, observed);
    expect(observed.tools).toMatchObject(tools.map((tool) => ({ tool, outcome: "ok" })));
  });
}

function expectRecord(record: InferenceRecord, expected: ExpectedRecord | undefined, bare: Played, observed: Played) {
  if (expected === undefined) throw new Error("a record too many");
  const { operation = "chat", finishReason, failure, counts } = expected;
  expect(record).toMatchObject({ operation, finishReason });
  expect(record.failure).toEqual(failure === undefined ? undefined : { type: failure });
  const seen = Object.fromEntries(countNames.map((name) => [name, record[name]]));
  expect(seen).toEqual(counts(bare, observed));
}

function describeReadings({ tells }: Release, run: Run): void {
  const labels = { model: "tiny-chat" };
  const named = (name: string, more: object = {}) => `genai_app_${name} ${JSON.stringify({ ...labels, ...more })}`;
  /** What comes of the objects themselves, and goes with them. */
  const live =
    /_(model_memory_bytes|model_load_seconds|model_info|context_|kv_cache|memory_per|threads|batch_size|seq)/;
  const liveOf = ({ readings }: Played) =>
    Object.fromEntries(Object.entries(readings).filter(([name]) => live.test(name) && !name.includes("_total")));

  test("the readings are the engine's own; what a release does not tell is absent, never 0", () => {
    const { outcome } = run("readings", "bare");
    const told = outcome.value as { [name: string]: number };
    const contextMemory = named("llamacpp_context_memory_bytes");
    const parameters = tells.parameters ? String(told["parameters"]) : "";
    const info = { architecture: "llama", quantization: "F16", parameters, gpu: "cpu", context_train: "4096" };
    expect(liveOf(run("readings", "llama"))).toEqual({
      [named("model_memory_bytes")]: told["size"],
      [named("llamacpp_model_load_seconds")]: expect.toSatisfy((seconds) => seconds > 0),
      [named("llamacpp_model_info", info)]: 1,
      [named("llamacpp_context_size")]: 512,
      [named("llamacpp_context_tokens")]: told["used"],
      [named("llamacpp_kv_cache_usage_ratio")]: (told["used"] ?? 0) / 512,
      [named("llamacpp_memory_per_token_bytes")]: 512,
      [named("llamacpp_threads_used")]: 1,
      [named("llamacpp_batch_size")]: told["batchSize"],
      [named("llamacpp_sequences", { state: "active" })]: 1,
      [named("llamacpp_sequences", { state: "free" })]: 0,
      ...(tells.contextMemory && { [contextMemory]: told["contextMemory"] }),
    });
  });

  test("each native batch is recorded with its tokens", () => {
    const batches = run("readings", "bare").native[0]?.batches ?? [];
    const { readings } = run("readings", "llama");
    expect(readings[named("llamacpp_decode_batch_tokens_count")]).toBe(batches.length);
    expect(readings[named("llamacpp_decode_batch_tokens_sum")]).toBe(batches.reduce((sum, tokens) => sum + tokens, 0));
  });

  test.each(["disposed: context and model", "disposed: Llama", "uninstrumented"])(
    "no readings are left: %s",
    (name) => {
      expect(liveOf(run(name, "llama"))).toEqual({});
    },
  );
}

function describeRegister(folder: string): void {
  interface Shown {
    readonly answer: string;
    readonly metrics: readonly { readonly name: string; readonly values: readonly { readonly value: number }[] }[];
  }
  const sum = ({ metrics }: Shown, name: string) =>
    metrics.find((metric) => metric.name === name)?.values.reduce((total, { value }) => total + value, 0);

  describe("the preload", () => {
    test("observes an app that was not touched, from the loading of its model on", async () => {
      const bare = await runRegisteredApp(folder, false);
      const observed = await runRegisteredApp(folder, true);
      expect({ ...bare, stdout: "" }).toEqual({ code: 0, stdout: "", stderr: "" });
      expect({ ...observed, stdout: "" }).toEqual({ ...bare, stdout: "" });
      const [without, withUs]: [Shown, Shown] = [JSON.parse(bare.stdout), JSON.parse(observed.stdout)];
      expect(withUs.answer).toBe(without.answer);
      expect(without.metrics).toEqual([]);
      expect(sum(withUs, "genai_app_inferences_total")).toBe(1);
      expect(sum(withUs, "genai_app_llamacpp_model_load_seconds")).toBeGreaterThan(0);
      expect(sum(withUs, "genai_app_telemetry_errors_total")).toBe(0);
    });
  });
}
