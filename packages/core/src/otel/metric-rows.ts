import { coreSettings } from "../settings/core-settings.ts";
import { type Environment, readRow } from "../settings/settings.ts";

/** The two generations of OpenTelemetry's GenAI conventions that live: the last release, and the newest draft. */
export type Generation = "released" | "latest";

/** The generation that the app opted in to. The variable is a list, shared with other conventions: what is not ours is left alone. */
export function readGeneration(environment?: Environment): Generation {
  const optedIn = readRow(coreSettings.semconvOptIn, undefined, environment)?.split(",") ?? [];
  return optedIn.some((entry) => entry.trim() === "gen_ai_latest_experimental") ? "latest" : "released";
}

/** One of OpenTelemetry's metrics, as its GenAI conventions define it. */
export interface OtelRow {
  /** By generation; absent where that generation does not have it. The released names are those of v1.41. */
  readonly names: { readonly [Name in Generation]?: string };
  readonly unit: "s" | "{token}";
  readonly description: string;
  /** Upper bounds of a histogram's buckets; a counter has none. */
  readonly bounds?: readonly number[];
}

const durationBounds = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
] as const;
const tokenBounds = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
] as const;

const both = (name: string) => ({ released: name, latest: name });
const latest = (name: string) => ({ latest: name });

/**
 * The one place that names OpenTelemetry's metrics.
 *
 * `…time_per_output_chunk` is left out: it wants each gap as a value of its own, and a record has only the counts of its buckets, whose
 * bounds are others than the convention's.
 */
export const otelRows = {
  inferenceDuration: {
    names: { released: "gen_ai.client.operation.duration", latest: "gen_ai.client.inference.duration" },
    unit: "s",
    description: "Duration of a chat or completion",
    bounds: durationBounds,
  },
  /** To the newest draft, embeddings and ranking are operations and no inferences. */
  operationDuration: {
    names: both("gen_ai.client.operation.duration"),
    unit: "s",
    description: "Duration of an operation",
    bounds: durationBounds,
  },
  timeToFirstChunk: {
    names: {
      released: "gen_ai.client.operation.time_to_first_chunk",
      latest: "gen_ai.client.inference.time_to_first_chunk",
    },
    unit: "s",
    description: "Time from the call to the first chunk of a streamed answer",
    bounds: durationBounds,
  },
  tokenUsage: {
    names: { released: "gen_ai.client.token.usage" },
    unit: "{token}",
    description: "Input and output tokens of an operation",
    bounds: tokenBounds,
  },
  inputTokens: {
    names: latest("gen_ai.client.inference.usage.input_tokens"),
    unit: "{token}",
    description: "Prompt tokens, those reused from the cache included",
  },
  outputTokens: {
    names: latest("gen_ai.client.inference.usage.output_tokens"),
    unit: "{token}",
    description: "Generated tokens, those of reasoning included",
  },
  cachedInputTokens: {
    names: latest("gen_ai.client.inference.usage.cache_read.input_tokens"),
    unit: "{token}",
    description: "Prompt tokens that were reused from the cache",
  },
  reasoningOutputTokens: {
    names: latest("gen_ai.client.inference.usage.reasoning.output_tokens"),
    unit: "{token}",
    description: "Generated tokens in which the model thought",
  },
  serverRequestDuration: {
    names: both("gen_ai.server.request.duration"),
    unit: "s",
    description: "Duration of a request to a model that runs in this process",
    bounds: durationBounds,
  },
  serverTimeToFirstToken: {
    names: both("gen_ai.server.time_to_first_token"),
    unit: "s",
    description: "Time to the first token of an answer that was completed",
    bounds: [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
  serverTimePerOutputToken: {
    names: both("gen_ai.server.time_per_output_token"),
    unit: "s",
    description: "Mean time per token after the first of an answer that was completed",
    bounds: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5],
  },
} as const satisfies Record<string, OtelRow>;

export type OtelRowName = keyof typeof otelRows;
