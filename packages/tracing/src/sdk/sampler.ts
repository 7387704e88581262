import type { SamplerSettings } from "../settings/sampler.ts";
import type { Samplers } from "./tracing-package.ts";
import type { Opaque } from "./types.ts";

export function makeSampler(samplers: Samplers, { name, ratio }: SamplerSettings): Opaque {
  switch (name) {
    case "always_on":
      return new samplers.AlwaysOnSampler();
    case "always_off":
      return new samplers.AlwaysOffSampler();
    case "traceidratio":
      return new samplers.TraceIdRatioBasedSampler(ratio);
    case "parentbased_always_on":
      return new samplers.ParentBasedSampler({ root: new samplers.AlwaysOnSampler() });
    case "parentbased_always_off":
      return new samplers.ParentBasedSampler({ root: new samplers.AlwaysOffSampler() });
    case "parentbased_traceidratio":
      return new samplers.ParentBasedSampler({ root: new samplers.TraceIdRatioBasedSampler(ratio) });
    default:
      return name satisfies never;
  }
}
