import { type Aiwatch, AiwatchError, defaultAiwatch, type ModelReadings } from "@aiwatch/core";
import { type AdapterHost, adapterOf, describeReceived, isObject } from "@aiwatch/core/adapter";
import { llamaCpp } from "../engine/objects.ts";

/** Figures of a llama.cpp model that the app measured itself. Those left out keep what they were. */
export interface LlamaCppFigures {
  /** The model's name, never a path. */
  readonly model: string;
  /** Tokens that the context can hold. */
  readonly contextSize?: number | undefined;
  /** One prompt evaluation, in milliseconds: added to the histogram of prompt evaluations. */
  readonly promptEvalMs?: number | undefined;
  /** The decode rate: tokens generated per second. */
  readonly tokensPerSecond?: number | undefined;
  /** KV-cache bytes of one token. */
  readonly memoryPerTokenBytes?: number | undefined;
  /** Threads used for inference. */
  readonly threadsUsed?: number | undefined;
  /** Tokens that one decode may hold. */
  readonly batchSize?: number | undefined;
}

export interface RecordOptions {
  /** The instance that records them. @default the first that was created, else one on prom-client's global registry that stands in for it */
  readonly aiwatch?: Aiwatch | undefined;
}

const fields = [
  "contextSize",
  "promptEvalMs",
  "tokensPerSecond",
  "memoryPerTokenBytes",
  "threadsUsed",
  "batchSize",
] as const satisfies readonly (keyof LlamaCppFigures & keyof ModelReadings)[];

/**
 * Records figures that the app measured itself of a llama.cpp that `instrumentModel` does not see: another binding, process or machine. They
 * are llama.cpp's, whatever else runs a model of that name: for another engine there is `aiwatch.reportModel` with its `modelType`. Where the
 * same model is instrumented, the live readings win.
 *
 * No figure makes it throw: a value that is no finite number from 0 on, or a model without a name, is reported to the diagnostics
 * (`telemetry_errors_total{source="adapter"}`, `onDiagnostic`) and not recorded; the other fields are.
 * @throws AiwatchError where it is given no instance, there is none yet, and none can be made: `AIWATCH_METRIC_CONFLICT` when prom-client's
 *   global registry holds a foreign metric of one of our names; `AIWATCH_INVALID_SETTING` for an environment variable that cannot be used
 */
export function recordLlamaCppMetrics(figures: LlamaCppFigures, options: RecordOptions = {}): void {
  const host = adapterOf(options.aiwatch ?? defaultAiwatch(), llamaCpp);
  if (host.disabled) return;
  host.diagnostics.guard("adapter", "recording llama.cpp metrics", () => record(host, figures));
}

function record(host: AdapterHost, figures: unknown): void {
  const model: unknown = isObject(figures) ? Reflect.get(figures, "model") : undefined;
  if (!isObject(figures) || typeof model !== "string" || model.trim() === "") {
    report(host, "model", isObject(figures) ? model : figures, "the model's name");
    return;
  }
  const readings = validReadings(host, figures);
  if (Object.keys(readings).length > 0) host.reportModel(model, readings);
}

function validReadings(host: AdapterHost, figures: object): ModelReadings {
  const readings: Partial<Record<(typeof fields)[number], number>> = {};
  for (const field of fields) {
    const value: unknown = Reflect.get(figures, field);
    if (value === undefined) continue;
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) readings[field] = value;
    else report(host, field, value, "a finite number from 0 on");
  }
  return readings;
}

function report(host: AdapterHost, field: string, value: unknown, expected: string): void {
  const message = `recordLlamaCppMetrics: ${field} is ${kindOf(value)}, expected ${expected}; it is not recorded`;
  host.diagnostics.fault("adapter", message, new AiwatchError("AIWATCH_INVALID_ARGUMENT", message));
}

/** Not the number itself: each kind of fault is reported once, and a thousand negative numbers are one kind. */
function kindOf(value: unknown): string {
  if (typeof value === "number") return value < 0 ? "a negative number" : String(value);
  return value === "" ? "an empty text" : describeReceived(value);
}

/** The name that `recordLlamaCppMetrics` had. */
export { recordLlamaCppMetrics as RecordLlamaCppMetrics };
