import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, it } from "vitest";
import { admissionOutcomes, requestOutcomes } from "../../catalogue/values.ts";
import type { MetricSnapshot } from "../../instruments/metric.ts";
import { appPlays, strangeAppPlays } from "./app-plays.ts";
import { AppStage } from "./app-stage.ts";

/** What holds for the metrics and the summary of an app in whatever order things happen. */
export function describeAnyOrder(numRuns: number): void {
  const timeoutMs = 600_000;

  it("begun is ended and under way, of entries, requests, inferences and chats", { timeout: timeoutMs }, async () => {
    const check = async (stage: AppStage) => {
      const metrics = await expectSound(stage);
      expectBalance(stage, metrics);
      // by a clock that does not go back each wait is known
      const { requests, entries } = stage;
      const known = requests.filter(({ hasToken }) => hasToken).length;
      expect(metrics.total("genai_app_request_first_token_seconds_count")).toBe(known);
      const admitted = entries.filter(({ outcome }) => outcome === "admitted").length;
      expect(metrics.total("genai_app_admission_wait_seconds_count")).toBe(admitted);
    };
    await fc.assert(
      fc.asyncProperty(appPlays, async (steps) => {
        const stage = new AppStage();
        for (const step of steps) {
          if (step.does === "look") await check(stage);
          else stage.play(step);
        }
        stage.endAll();
        await check(stage);
        expect(stage.test.diagnostics).toEqual([]);
      }),
      { numRuns },
    );
  });

  it("so it is where the clock goes back or fails, and no time is negative", { timeout: timeoutMs }, async () => {
    await fc.assert(
      fc.asyncProperty(strangeAppPlays, async (steps) => {
        const stage = new AppStage();
        for (const step of steps) {
          if (step.does === "look") expectBalance(stage, await expectSound(stage));
          else stage.play(step);
        }
        stage.endAll();
        expectBalance(stage, await expectSound(stage));
      }),
      { numRuns: numRuns / 5 },
    );
  });
}

interface Metrics {
  /** Of the samples with that name that have these labels. */
  total(name: string, labels?: Readonly<Record<string, string>>): number;
}

/** No sample and no time of a record is below 0. */
async function expectSound({ test, toolRecords }: AppStage): Promise<Metrics> {
  for (const record of [...test.requests, ...test.inferences, ...toolRecords]) expectTimes(record);
  const metrics = (await test.registry.getMetricsAsJSON()) as unknown as MetricSnapshot[];
  const samples = new Map<string, Sample[]>();
  for (const { name: family, values } of metrics) {
    for (const { metricName: name = family, labels, value } of values) {
      if (!(value >= 0)) expect.fail(`${name} is ${value}`);
      samples.set(name, samples.get(name) ?? []);
      samples.get(name)?.push({ labels, value });
    }
  }
  return { total: (name, labels = {}) => sumOf(samples.get(name) ?? [], Object.entries(labels)) };
}

function expectTimes(record: object): void {
  const times = Object.entries(record).filter(([field]) => field.endsWith("Ms"));
  for (const [field, ms] of times) if (!(Number.isFinite(ms) && ms >= 0)) expect.fail(`${field} is ${ms}`);
}

type Sample = Pick<MetricSnapshot["values"][number], "labels" | "value">;

function sumOf(samples: readonly Sample[], wanted: readonly (readonly [label: string, value: string])[]): number {
  const found = samples.filter(({ labels }) => wanted.every(([label, value]) => labels[label] === value));
  return found.reduce((sum, { value }) => sum + value, 0);
}

function expectBalance(stage: AppStage, { total }: Metrics): void {
  const { requests, entries, inferences, toolRecords, chats, test } = stage;
  const endings = requests.flatMap(({ ending }) => (ending === undefined ? [] : [ending]));
  const finished = (...as: readonly unknown[]) => inferences.filter(({ finish }) => as.includes(finish)).length;
  const outcomes = admissionOutcomes.map((as) => [as, entries.filter(({ outcome }) => outcome === as).length]);
  const got = inferences.filter(({ isGenerating, hasToken }) => isGenerating && hasToken).length;
  const failed = endings.filter(({ failure }) => failure !== undefined).length;
  const left = endings.filter(({ aborted }) => aborted).length;
  const refused = endings.filter(({ aborted, failure, status }) => !aborted && !failure && status >= 400).length;
  const summary = test.aiwatch.summary();
  const shown = {
    admissions: admissionOutcomes.map((as) => [as, total("genai_app_admissions_total", { outcome: as })]),
    waiting: total("genai_app_admission_waiting"),
    requests: [total("genai_app_http_requests_total"), total("genai_app_active_requests")],
    answers: requestOutcomes.map((as) => total("genai_app_request_outcomes_total", { outcome: as })),
    inferences: [
      total("genai_app_inferences_total"),
      total("genai_app_active_inferences") + total("genai_app_queued_inferences"),
    ],
    aborted: total("genai_app_inferences_total", { finish_reason: "aborted" }),
    got: total("genai_app_first_token_waits_total", { outcome: "got" }),
    errors: ["http", "inference"].map((operation) => total("genai_app_errors_total", { operation })),
    tools: total("genai_app_tool_calls_total"),
    chats: [summary.totals.chats, summary.now.chats],
    summary: [summary.totalRequests, summary.activeUsers],
  };
  const happened = {
    admissions: outcomes,
    waiting: entries.filter(({ outcome }) => outcome === undefined).length,
    requests: [endings.length, requests.length - endings.length],
    answers: [endings.length - refused - left - failed, refused, left, failed],
    inferences: [finished("end", "abort", "fail"), finished(undefined)],
    aborted: finished("abort"),
    got,
    errors: [failed, finished("fail")],
    tools: toolRecords.length,
    chats: [chats.ended, chats.begun - chats.ended],
    summary: [endings.length, requests.length - endings.length],
  };
  // to let `expect` find them equal takes longer than all the rest
  if (!isDeepStrictEqual(shown, happened)) expect(shown).toEqual(happened);
}
