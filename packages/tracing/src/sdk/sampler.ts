import { randomBytes } from "node:crypto";
import { type Context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import type { SamplerSettings } from "../settings/sampler.ts";
import type { Samplers } from "./load-sdk.ts";
import type { Opaque } from "./types.ts";

/** The sampler of the settings, which decides by itself where core's doors say that a caller must not. */
export function makeSampler(samplers: Samplers, settings: SamplerSettings): Opaque {
  return new DoorSampler(samplerOf(samplers, settings) as Sampler, samplers);
}

interface Sampler {
  shouldSample(context: Context, traceId: string, ...rest: unknown[]): unknown;
  toString(): string;
}

/** Core's door has put it into the context of a request whose caller is not trusted. */
const decidesKey = createContextKey("@aiwatch/core the sampler decides");

class DoorSampler implements Sampler {
  readonly #sampler: Sampler;
  /** Where there is a parent, as its flag says. */
  readonly #followed: Sampler;

  constructor(sampler: Sampler, samplers: Samplers) {
    this.#sampler = sampler;
    this.#followed = new samplers.ParentBasedSampler({ root: sampler as Opaque }) as unknown as Sampler;
  }

  shouldSample(context: Context, traceId: string, ...rest: unknown[]): unknown {
    const decides = context.getValue(decidesKey);
    // a ratio would go by the trace's id for the spans inside, too: they follow the request's span
    if (decides === false) return this.#followed.shouldSample(context, traceId, ...rest);
    if (decides !== true) return this.#sampler.shouldSample(context, traceId, ...rest);
    // without its parent; and a ratio goes by the trace's id, which the caller may have chosen among those that are kept
    return this.#sampler.shouldSample(ROOT_CONTEXT, randomBytes(16).toString("hex"), ...rest);
  }

  toString(): string {
    return this.#sampler.toString();
  }
}

function samplerOf(samplers: Samplers, { name, ratio }: SamplerSettings): Opaque {
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
