import type { Admission, AdmissionOptions } from "../admission/admission.ts";
import type { Metrics } from "../app-metrics/metrics.ts";
import { checkInstance } from "../base/errors.ts";
import { type Closer, defaultOf } from "../base/process-wide.ts";
import type { Health } from "../health/health.ts";
import type { InferenceHandle, InferenceStart } from "../inference/inference-handle.ts";
import type { ResolvedObjectives } from "../inference/objectives.ts";
import type { MetricsRegistry } from "../instruments/registry.ts";
import type { ModelReadings } from "../models/readings.ts";
import type { Summary } from "../summary/schema.ts";
import { AiwatchHost } from "./host.ts";
import type { AiwatchOptions } from "./options.ts";

/**
 * One instance: its registry, its observers and its health. The first one that an app creates is the default of everything that is given
 * none.
 */
export interface Aiwatch {
  /** The service's name in `/health`. */
  readonly service: string;
  /** Whether it observes nothing, registers nothing and serves no routes. */
  readonly disabled: boolean;
  /** The prom-client registry that its metrics live on. */
  readonly registry: MetricsRegistry;
  /** The objectives that inferences are judged by, from `slo` and the environment; undefined where there are none. */
  readonly objectives: ResolvedObjectives | undefined;
  /**
   * Makes metrics of your own.
   * @example aiwatch.metrics.counter({ name: "cache_hits_total", help: "Answers from the cache" }).add();
   */
  readonly metrics: Metrics;
  /**
   * What must hold before the app is sent traffic.
   * @example aiwatch.health.addCheck("store", ({ signal }) => storeIsUp(signal), { critical: false });
   */
  readonly health: Health;
  /**
   * Begins an inference of an engine that AIWatch does not know. End it with `end`, `abort` or `fail`. One that you do not end is ended as
   * `aborted`, with the raw reason `abandoned`: when nothing was reported for `abandonedAfterMs` after the request that it began in was
   * closed, unless it `outlivesRequest`, or when its handle was garbage-collected. While a promise of its `run()` or of a tool's is pending
   * it is left alone. One diagnostic says so. Never throws.
   * @example
   * const inference = aiwatch.startInference({ model: "my-model" });
   * inference.token();
   * inference.end({ unified: "stop" });
   */
  startInference(start: InferenceStart): InferenceHandle;
  /**
   * Observes a queue, a pool or a limiter of your own: how many wait, how long, and how each wait ends. The same name is the same queue.
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a name that is none, or an order that is not known
   * @example
   * const admission = aiwatch.admission({ queue: "sequences", order: "fifo" });
   * const sequence = await admission.wait(() => pool.acquire(signal), { signal });
   */
  admission(options: AdmissionOptions): Admission;
  /**
   * Records figures of a model that you measured yourself. Those that you leave out keep their value; live readings win over them.
   * `modelType` names the engine: left out, it is the engine that the model is known to have, and llama.cpp's where nobody ever said.
   * @example aiwatch.reportModel("my-model", { modelType: "my-engine", tokensPerSecond: 31 });
   */
  reportModel(model: string, readings: ModelReadings): void;
  /**
   * The figures of `GET /metrics/summary`, without the state, which checks have to be asked for.
   * @example const { averages, window } = aiwatch.summary();
   */
  summary(): Summary;
  /**
   * Adds what `close()` calls.
   * @returns removes it
   * @example aiwatch.onClose(() => queue.flush());
   */
  onClose(closer: Closer): () => void;
  /**
   * Turns readiness to 503 from now on. What is under way is still observed, and delivered by `close()`.
   * @example process.once("SIGTERM", () => aiwatch.startDraining());
   */
  startDraining(): void;
  /**
   * Closes the observers and what `onClose` added, each once, and flushes the tracing SDK. Inferences that still run are yours to end,
   * before or after; only those of a llama.cpp sequence that is disposed under them end now. Never rejects: a fault is reported, and so is
   * what does not end within `closeTimeoutMs`.
   * @example await aiwatch.close();
   */
  close(): Promise<void>;
}

/**
 * Creates an instance on `registry`, or on prom-client's global one. The first takes over from an instance that stood in for it: its
 * observers are notified of what was under way, each inference once.
 * @throws AiwatchError `AIWATCH_METRIC_CONFLICT` when the registry holds a foreign metric of one of our names;
 *   `AIWATCH_INVALID_SETTING` for an option or an environment variable that cannot be used. Then nothing is registered and nothing begun
 * @example const aiwatch = createAiwatch({ service: "chat-api", observers: [logTo(logger)] });
 */
export function createAiwatch(options: AiwatchOptions = {}): Aiwatch {
  const aiwatch = new AiwatchHost(options);
  const shared = defaultOf<AiwatchHost>();
  if (shared.instance?.standsIn === true) {
    shared.instance.yieldTo(aiwatch);
    shared.instance = aiwatch;
  }
  if (shared.instance === undefined || shared.instance.isClosing) shared.instance = aiwatch;
  return aiwatch;
}

/**
 * The instance for calls that name none: the first that was created, until it is closed. Where there is none, one is made on prom-client's
 * global registry that stands in for the app's own: the first that the app creates takes over from it.
 * @param last what to give in place of a new one: the instance that was the default before
 * @throws AiwatchError where one has to be made: `AIWATCH_METRIC_CONFLICT` when the global registry holds a foreign metric of one of our
 *   names; `AIWATCH_INVALID_SETTING` for an environment variable that cannot be used
 * @example defaultAiwatch().health.addCheck("store", () => storeIsUp);
 */
export function defaultAiwatch(last?: Aiwatch): Aiwatch {
  const shared = defaultOf<AiwatchHost>();
  const known = shared.instance ?? last;
  if (known !== undefined) return known;
  const aiwatch = new AiwatchHost();
  aiwatch.standsIn = true;
  shared.instance = aiwatch;
  return aiwatch;
}

/**
 * What core itself needs of an instance, behind its public face. Every instance is made here, or by a copy of this package whose instances
 * have the same members.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is no instance, such as options in its place
 */
export function hostOf(aiwatch: Aiwatch): AiwatchHost {
  checkInstance(aiwatch);
  return aiwatch as AiwatchHost;
}
