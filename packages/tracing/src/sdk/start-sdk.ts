import { AiwatchError } from "@aiwatch/core";
import type { SpanProcessorLike } from "../options.ts";
import type { ExportSettings, TracingSettings } from "../settings/tracing-settings.ts";
import { loadSdk, type NodeSdk, type NodeSdkOptions, type Sdk } from "./load-sdk.ts";
import { registeredProvider } from "./provider.ts";

export interface StartedSdk {
  readonly sdk: NodeSdk;
  readonly processors: readonly SpanProcessorLike[];
}

/**
 * Registers the SDK: provider, context manager and propagators, and no instrumentation.
 * @throws AiwatchError `AIWATCH_MISSING_PEER` where the SDK is not installed, or registers with another copy of the API
 */
export function startSdk(settings: TracingSettings, given: readonly SpanProcessorLike[]): StartedSdk {
  const loaded = loadSdk();
  const { exporting } = settings;
  const processors = exporting === undefined ? given : [exportingProcessor(loaded, exporting), ...given];
  const sdk = withTracesAlone(() => {
    const made = new loaded.NodeSDK(sdkOptions(loaded, settings, processors));
    made.start();
    return made;
  });
  if (registeredProvider() === undefined) {
    sdk.shutdown().catch(() => undefined);
    throw new AiwatchError(
      "AIWATCH_MISSING_PEER",
      "@opentelemetry/sdk-node registers with another copy of @opentelemetry/api than @aiwatch/core uses: npm ls @opentelemetry/api shows both; install one version that satisfies each",
    );
  }
  return { sdk, processors };
}

function exportingProcessor(loaded: Sdk, { endpoint, headers, batch }: ExportSettings): SpanProcessorLike {
  return loaded.batchProcessor(loaded.exporter({ url: endpoint.url, headers }), batch);
}

function sdkOptions(
  loaded: Sdk,
  { serviceName, sampleRatio }: TracingSettings,
  spanProcessors: readonly SpanProcessorLike[],
): NodeSdkOptions {
  return {
    spanProcessors,
    instrumentations: [],
    ...(serviceName !== undefined && { serviceName }),
    ...(sampleRatio !== undefined && { sampler: loaded.parentBasedRatio(sampleRatio) }),
    // the SDK's own choice also tells the process's arguments, which can hold keys and prompts
    ...(process.env["OTEL_NODE_RESOURCE_DETECTORS"] === undefined && {
      resourceDetectors: loaded.detectors(["envDetector", "hostDetector"]),
    }),
  };
}

/** The SDK sends metrics and logs too, unless these variables say otherwise at the moment it starts. */
const otherSignals = ["OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER"];

/** Runs `start` with the other signals off; the environment is as before when it returns. */
function withTracesAlone<Result>(start: () => Result): Result {
  const before = otherSignals.map((name) => [name, process.env[name]] as const);
  try {
    for (const name of otherSignals) process.env[name] = "none";
    return start();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
