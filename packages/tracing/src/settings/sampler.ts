import { type Environment, invalidSetting, readSetting } from "@aiwatch/core/adapter";
import { readOptionOrVariable } from "./transport.ts";

const samplers = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

/** OpenTelemetry's names. Those that begin with `parentbased_` do as the caller's `traceparent` says where there is one. */
export type SamplerName = (typeof samplers)[number];

export interface SamplerSettings {
  readonly name: SamplerName;
  /** The part that is kept; 1 for samplers that have none. */
  readonly ratio: number;
}

interface SamplerOptions {
  readonly sampler?: SamplerName | undefined;
  readonly sampleRatio?: number | undefined;
}

const expected = "a number from 0 to 1";

/** @throws AiwatchError `AIWATCH_INVALID_SETTING` for what the SDK would quietly take for another value */
export function readSampler({ sampler, sampleRatio }: SamplerOptions, environment: Environment): SamplerSettings {
  if (sampleRatio !== undefined && !isRatio(sampleRatio)) throw invalidSetting("sampleRatio", sampleRatio, expected);
  const wanted = sampler ?? (sampleRatio === undefined ? undefined : "parentbased_traceidratio");
  const found = readOptionOrVariable("sampler", wanted, ["OTEL_TRACES_SAMPLER"], samplers, environment);
  const name = found ?? "parentbased_always_on";
  if (name.endsWith("traceidratio")) return { name, ratio: sampleRatio ?? readRatio(environment) ?? 1 };
  if (sampleRatio === undefined) return { name, ratio: 1 };
  throw invalidSetting("sampleRatio", sampleRatio, `nothing beside the sampler ${name}, which has no ratio`);
}

function readRatio(environment: Environment): number | undefined {
  return readSetting({ variables: ["OTEL_TRACES_SAMPLER_ARG"], environment }, ratioOf, expected);
}

function ratioOf(text: string): number | undefined {
  const ratio = Number(text);
  return isRatio(ratio) ? ratio : undefined;
}

function isRatio(value: number): boolean {
  return value >= 0 && value <= 1;
}
