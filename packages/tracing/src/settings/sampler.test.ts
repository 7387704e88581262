import { describe, expect, it } from "vitest";
import { readSampler, type SamplerSettings } from "./sampler.ts";

type Options = Parameters<typeof readSampler>[0];

describe("readSampler", () => {
  it.each<[Options, Record<string, string>, SamplerSettings]>([
    [{}, {}, { name: "parentbased_always_on", ratio: 1 }],
    [{ sampleRatio: 0.25 }, {}, { name: "parentbased_traceidratio", ratio: 0.25 }],
    [{ sampleRatio: 0 }, { OTEL_TRACES_SAMPLER: "always_on" }, { name: "parentbased_traceidratio", ratio: 0 }],
    [{ sampler: "traceidratio", sampleRatio: 0.25 }, {}, { name: "traceidratio", ratio: 0.25 }],
    [{ sampler: "traceidratio" }, { OTEL_TRACES_SAMPLER_ARG: "0.5" }, { name: "traceidratio", ratio: 0.5 }],
    [{ sampler: "always_off" }, { OTEL_TRACES_SAMPLER: "always_on" }, { name: "always_off", ratio: 1 }],
    [{}, { OTEL_TRACES_SAMPLER: " ALWAYS_OFF " }, { name: "always_off", ratio: 1 }],
    [{}, { OTEL_TRACES_SAMPLER: "traceidratio" }, { name: "traceidratio", ratio: 1 }],
    [
      {},
      { OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "1e-1" },
      { name: "parentbased_traceidratio", ratio: 0.1 },
    ],
    [
      {},
      { OTEL_TRACES_SAMPLER: "always_on", OTEL_TRACES_SAMPLER_ARG: "not its business" },
      { name: "always_on", ratio: 1 },
    ],
  ])("%j and %j are %j", (options, environment, settings) => {
    expect(readSampler(options, environment)).toEqual(settings);
  });
});
