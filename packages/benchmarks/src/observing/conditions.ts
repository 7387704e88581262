import { type Aiwatch, type AiwatchOptions, catalogue, createAiwatch } from "@aiwatch/core";
import { context, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { Registry } from "prom-client";

export interface DroppedSpans {
  /** How many server spans were exported, once those that are held back are, too. */
  servers(): Promise<number>;
}

/** OpenTelemetry as an app sets it up, for this process: every span sampled, batched, and dropped: the network is not what is measured. */
export function startDroppedSpans(): DroppedSpans {
  let servers = 0;
  const dropping: SpanExporter = {
    export(spans, done) {
      for (const { kind } of spans) if (kind === SpanKind.SERVER) servers += 1;
      done({ code: 0 });
    },
    shutdown: async () => {},
  };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter: dropping })] });
  trace.setGlobalTracerProvider(provider);
  return {
    async servers() {
      await provider.forceFlush();
      return servers;
    },
  };
}

/** How an engine is run: as it is, with metrics alone, with metrics and a sampled span for each inference. */
export const conditions = ["bare", "metrics", "spans"] as const;

export type Condition = (typeof conditions)[number];

/** A process's own instance, whose faults are none to measure. */
export interface Watching {
  readonly aiwatch: Aiwatch;
  /** @throws when a fault was reported, or when other than `expected` inferences were recorded: the figures would be worth nothing */
  check(expected: number): Promise<void>;
}

/** Undefined where nothing is observed. @param options of the instance */
export function watch(condition: Condition, options: Pick<AiwatchOptions, "clock"> = {}): Watching | undefined {
  if (condition === "bare") return undefined;
  if (condition === "spans") startDroppedSpans();
  const faults: unknown[] = [];
  const registry = new Registry();
  const aiwatch = createAiwatch({ ...options, registry, onDiagnostic: (fault) => faults.push(fault) });
  return {
    aiwatch,
    async check(expected) {
      if (faults.length > 0) throw new Error("AIWatch reported a fault", { cause: faults[0] });
      const recorded = await inferencesRecorded(registry);
      if (recorded !== expected) throw new Error(`${recorded} inferences were recorded, not ${expected}`);
    },
  };
}

async function inferencesRecorded(registry: Registry): Promise<number> {
  const { values = [] } = (await registry.getSingleMetric(catalogue.inferences.name)?.get()) ?? {};
  return values.reduce((sum, { value }) => sum + value, 0);
}
