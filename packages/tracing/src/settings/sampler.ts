import { type Environment, invalidSetting, readRow } from "@aiwatch/core/adapter";
import { type SamplerName, tracingRows } from "./rows.ts";

export interface SamplerSettings {
  readonly name: SamplerName;
  /** The part that is kept; 1 for samplers that have none. */
  readonly ratio: number;
}

interface SamplerOptions {
  readonly sampler?: SamplerName | undefined;
  readonly sampleRatio?: number | undefined;
}

/** @throws AiwatchError `AIWATCH_INVALID_SETTING` for what the SDK would quietly take for another value */
export function readSampler({ sampler, sampleRatio }: SamplerOptions, environment: Environment): SamplerSettings {
  if (sampleRatio !== undefined) readRow(tracingRows.sampleRatio, sampleRatio, environment);
  const wanted = sampler ?? (sampleRatio === undefined ? undefined : "parentbased_traceidratio");
  const name = readRow(tracingRows.sampler, wanted, environment);
  if (name.endsWith("traceidratio")) {
    return { name, ratio: readRow(tracingRows.sampleRatio, sampleRatio, environment) };
  }
  if (sampleRatio === undefined) return { name, ratio: 1 };
  throw invalidSetting("the option sampleRatio", sampleRatio, `none with the sampler ${name}, which has no ratio`);
}
