import { Registry } from "prom-client";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import { AiwatchHost } from "../aiwatch/host.ts";
import type { AiwatchOptions } from "../aiwatch/options.ts";
import { runDue } from "../base/after-turn.ts";
import type { Diagnostic } from "../base/diagnostics.ts";
import type { InferenceRecord } from "../inference/record.ts";
import type { MetricSnapshot } from "../instruments/metric.ts";
import type { RequestRecord } from "../request/record.ts";

/** An instance for a test, with everything that it recorded. */
export interface TestAiwatch {
  readonly aiwatch: Aiwatch;
  /** A registry of its own: nothing is left over from another test. */
  readonly registry: Registry;
  /** Every ended inference, in the order of the ends. */
  readonly inferences: readonly InferenceRecord[];
  /** Every ended request, AIWatch's own routes included: up to date when it is asked for, and at the end of each turn of the event loop. */
  readonly requests: readonly RequestRecord[];
  /** Every fault of AIWatch itself: a test of an app expects none. */
  readonly diagnostics: readonly Diagnostic[];
  /**
   * A sample's value, by its full name (`…_bucket`, `…_sum` and `…_count` for histograms) and all of its labels.
   * @returns undefined where there is no such sample
   */
  sample(name: string, labels?: Readonly<Record<string, string | number>>): Promise<number | undefined>;
}

/**
 * An instance on a registry of its own that keeps its records. It is not the default one: hand it to what you test.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for an option or an environment variable that cannot be used
 * @example
 * const { aiwatch, inferences } = createTestAiwatch();
 * aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
 * expect(inferences).toHaveLength(1);
 */
export function createTestAiwatch(options: Omit<AiwatchOptions, "registry" | "onDiagnostic"> = {}): TestAiwatch {
  const registry = new Registry();
  const inferences: InferenceRecord[] = [];
  const requests: RequestRecord[] = [];
  const diagnostics: Diagnostic[] = [];
  const aiwatch = new AiwatchHost({
    ...options,
    registry,
    onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
    observers: [
      {
        name: "test",
        inferenceEnded: (record) => inferences.push(record),
        requestEnded: (record) => requests.push(record),
      },
      ...(options.observers ?? []),
    ],
  });
  return {
    aiwatch,
    registry,
    inferences,
    get requests() {
      runDue();
      return requests;
    },
    diagnostics,
    sample: sampleOf(registry),
  };
}

function sampleOf(registry: Registry): TestAiwatch["sample"] {
  return async (name, labels = {}) => {
    const metrics = (await registry.getMetricsAsJSON()) as unknown as MetricSnapshot[];
    const samples = metrics.flatMap((metric) =>
      metric.values.filter((value) => (value.metricName ?? metric.name) === name),
    );
    return samples.find((candidate) => sameLabels(candidate.labels, labels))?.value;
  };
}

function sameLabels(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => String(a[name]) === String(b[name]));
}
