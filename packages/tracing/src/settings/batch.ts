import { type Environment, readSetting } from "@aiwatch/core/adapter";

/** OpenTelemetry's settings of the batch processor. What is unset is the SDK's default: a queue of 2,048 spans, sent every 5 s. */
export interface BatchSettings {
  readonly maxQueueSize?: number;
  readonly maxExportBatchSize?: number;
  readonly scheduledDelayMillis?: number;
  readonly exportTimeoutMillis?: number;
}

const variables: Readonly<Record<keyof BatchSettings, string>> = {
  maxQueueSize: "OTEL_BSP_MAX_QUEUE_SIZE",
  maxExportBatchSize: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
  scheduledDelayMillis: "OTEL_BSP_SCHEDULE_DELAY",
  exportTimeoutMillis: "OTEL_BSP_EXPORT_TIMEOUT",
};

export function readBatchSettings(environment: Environment): BatchSettings {
  const settings: Record<string, number> = {};
  for (const [name, variable] of Object.entries(variables)) {
    const source = { variables: [variable], environment };
    const value = readSetting(source, positiveInteger, "a whole number above 0");
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}

function positiveInteger(text: string): number | undefined {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
