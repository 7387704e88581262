import { AiwatchError } from "@aiwatch/core";
import { browserSpans } from "@aiwatch/core/browser-spans";
import { ProxyTracerProvider, type TracerProvider, trace } from "@opentelemetry/api";
import { type ExportPipeline, exportPipeline } from "../export/pipeline.ts";
import { Unflushed } from "../export/span-count.ts";
import type { SpanProcessorLike, StartTracingOptions } from "../options.ts";
import type { ResourceSettings } from "../settings/resource.ts";
import type { DetectorName } from "../settings/rows.ts";
import type { TracingSettings } from "../settings/tracing-settings.ts";
import { loadSdk, type Sdk } from "./load-sdk.ts";
import { makeSampler } from "./sampler.ts";
import type { NodeSdk } from "./types.ts";

export interface StartedSdk {
  readonly sdk: NodeSdk;
  readonly processors: readonly SpanProcessorLike[];
  /** Absent where spans go to the given processors alone. */
  readonly pipeline: ExportPipeline | undefined;
  readonly unflushed: Unflushed;
}

/**
 * Registers the SDK: provider, context manager and propagators, and no instrumentation.
 * @throws AiwatchError `AIWATCH_MISSING_PEER` where the SDK is not installed, or registers with another copy of the API
 */
export function startSdk(
  settings: TracingSettings,
  { spanProcessors: given = [], sdk: modules }: StartTracingOptions,
): StartedSdk {
  const loaded = loadSdk(modules);
  const { exporting, resource, sampler } = settings;
  const pipeline = exporting === undefined ? undefined : exportPipeline(loaded, exporting);
  const processors = pipeline === undefined ? given : [pipeline.processor, ...given];
  const unflushed = new Unflushed();
  const browser = browserSpans({ processor: allOf([...processors, unflushed]) });
  const sdk = withTracesAlone(() => {
    const made = new loaded.NodeSDK({
      spanProcessors: [...processors, unflushed, browser],
      instrumentations: [],
      sampler: makeSampler(loaded.samplers, sampler),
      resourceDetectors: resourceDetectors(loaded, resource),
    });
    made.start();
    return made;
  });
  if (registeredProvider() === undefined) {
    void browser.shutdown();
    pipeline?.release();
    sdk.shutdown().catch(() => undefined);
    throw new AiwatchError(
      "AIWATCH_MISSING_PEER",
      "@opentelemetry/sdk-node uses another copy of @opentelemetry/api than @aiwatch/core does: npm ls @opentelemetry/api shows both; install one version that fits both",
    );
  }
  return { sdk, processors, pipeline, unflushed };
}

/** All of them get the span, in their order, as from the SDK. */
function allOf(processors: readonly SpanProcessorLike[]): { onEnd(...args: never[]): void } {
  return {
    onEnd(...args) {
      for (const processor of processors) processor.onEnd(...args);
    },
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

/** The tracer provider that is registered, by whomever; `undefined` where there is none. */
export function registeredProvider(): TracerProvider | undefined {
  const provider = trace.getTracerProvider();
  const delegate = "getDelegate" in provider ? (provider as ProxyTracerProvider).getDelegate() : provider;
  return delegate === noProvider() ? undefined : delegate;
}

/** What a proxy that stands for no provider stands for. */
function noProvider(): TracerProvider {
  return new ProxyTracerProvider().getDelegate();
}

const exported: Readonly<Record<DetectorName, string>> = {
  env: "envDetector",
  host: "hostDetector",
  os: "osDetector",
  process: "processDetector",
  serviceinstance: "serviceInstanceIdDetector",
};

/** The SDK lets a later detector win: the options' own attributes come last. */
export function resourceDetectors(sdk: Pick<Sdk, "detector">, { detectors, attributes }: ResourceSettings): unknown[] {
  const chosen = detectors.map((name) => sdk.detector(exported[name])).filter((detector) => detector !== undefined);
  return [...chosen, { detect: () => ({ attributes }) }];
}
