import { types } from "node:util";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import type { Diagnostics } from "../base/diagnostics.ts";
import { checkInstance, invalidArgument, isName } from "../base/errors.ts";
import { inventory } from "../base/process-wide.ts";
import { isObject } from "../base/received.ts";
import type { Clock } from "../base/time.ts";
import { hasRows } from "../catalogue/values.ts";
import type { InferenceHandle, InferenceStart, IssuedStart } from "../inference/inference-handle.ts";
import type { ReadGpuMemory } from "../models/gpu-memory.ts";
import type { ModelReadings, ReadModel } from "../models/readings.ts";
import type { ReadServer } from "../models/server-board.ts";
import type { Undo } from "./undo.ts";

/** What an adapter says of the engine that it observes. */
export interface Engine {
  /** The engine's name: OpenTelemetry's `gen_ai.provider.name` of its inferences, and the type of its models. */
  readonly name: string;
  /**
   * The types that the adapter gives to `fail(error, type)` besides the catalogue's own (`context_overflow`, `timeout`, …): their series of
   * `genai_app_errors_total` begin at 0, so that an alert sees the first one, and they never become `other`. Up to 32, each of up to 64
   * letters, digits, `_`, `$`, `.` and `-`.
   * @default none
   * @example const engine = { name: "my-engine", errorTypes: ["rate_limited", "overloaded"] };
   */
  readonly errorTypes?: readonly string[];
}

/**
 * An instance as the adapter to one engine sees it. Whatever an adapter does outside of `diagnostics.guard` may throw into the app's call: wrap
 * what you do on your own account.
 */
export interface AdapterHost {
  readonly engine: Engine;
  /** Whether the app has switched AIWatch off: an adapter then observes nothing. */
  readonly disabled: boolean;
  /** The instance's clock. It never throws; a clock of the app's that fails reads `NaN`. */
  readonly clock: Clock;
  /** Where an adapter reports its own faults, as of the source `adapter`. */
  readonly diagnostics: Diagnostics;
  /**
   * Stands for what the model gauges of this instance show. Instances on one registry share it: what is watched for one of them is watched for
   * all, so that an adapter keeps its watches by this key.
   */
  readonly board: object;
  /**
   * Begins an inference of the engine. End it with `end`, `abort` or `fail`: nobody ends it for you, as happens to those of the app's own
   * `startInference`.
   */
  issueInference(start: IssuedStart): InferenceHandle;
  /**
   * Calls `end` when the instance is closed or the process exits, unless it is taken away by then: for an end that you put off for a moment.
   * It must not throw.
   * @returns takes it away
   */
  endsAtLast(end: () => void): Undo;
  /**
   * Shows a live model of this engine in `/metrics/summary`, as `read` gives it at each scrape, until that gives `undefined`. @returns ends it
   */
  watchModel(model: string, read: ReadModel): Undo;
  /**
   * Shows the memory of the GPUs that this engine computes on, as `read` gives it when somebody scrapes, which waits 100 ms for it. Watch an engine
   * once, however many models it runs. The one metric that there is for it is llama.cpp's: of another engine nothing is shown.
   * @returns ends it
   */
  watchGpuMemory(read: ReadGpuMemory): Undo;
  /**
   * Shows what a model server says of itself in the rows `genai_app_model_server_…` and `genai_app_llamacpp_server_…`, as `read` gives it at
   * each scrape. A server has other clients, too: no inference counts into these rows.
   * @param server the value of the label `server`: no credentials
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` when a server of that name is watched already on this registry
   * @returns ends it
   */
  watchServer(server: string, read: ReadServer): Undo;
  /** @returns records the size of one native batch: the tokens of all sequences that share it. Fast enough for each batch; may throw */
  decodeBatches(model: string): (tokens: number) => void;
  /** Records figures of a model of this engine that somebody else measured. Those left out keep what they were. */
  reportModel(model: string, readings: ModelReadings): void;
  /** Shows the version of what serves the models in `/health`. */
  reportVersion(name: string, version: string): void;
}

/** What is used of an instance. A copy of core from before may have made it, and have less. */
interface Instance {
  readonly disabled: boolean;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly models: {
    readonly sources: object;
    readonly gpus?: { watch(read: ReadGpuMemory): Undo };
    watch(model: string, read: ReadModel): Undo;
  };
  readonly health: { reportVersion(name: string, version: string): void };
  startInference(start: InferenceStart): InferenceHandle;
  issueInference?(start: IssuedStart): InferenceHandle;
  endsAtLast?(end: () => void): Undo;
  declareErrorTypes?(types: readonly string[]): void;
  decodeBatches(model: string): (tokens: number) => void;
  watchServer?(server: string, read: ReadServer): Undo;
  reportModel(model: string, readings: ModelReadings): void;
}

class InstanceAdapter implements AdapterHost {
  readonly engine: Engine;
  readonly #instance: Instance;

  constructor(instance: Instance, engine: Engine) {
    this.#instance = instance;
    this.engine = engine;
  }

  get disabled(): boolean {
    return this.#instance.disabled;
  }

  get clock(): Clock {
    return this.#instance.clock;
  }

  get diagnostics(): Diagnostics {
    return this.#instance.diagnostics;
  }

  get board(): object {
    return this.#instance.models.sources;
  }

  issueInference(start: IssuedStart): InferenceHandle {
    const issued = start.provider === undefined ? { ...start, provider: this.engine.name } : start;
    // an older copy has only the app's own, which it ends when they are forgotten
    return this.#instance.issueInference?.(issued) ?? this.#instance.startInference(issued);
  }

  endsAtLast(end: () => void): Undo {
    return this.#instance.endsAtLast?.(end) ?? (() => {});
  }

  watchModel(model: string, read: ReadModel): Undo {
    return this.#instance.models.watch(model, () => this.#typed(read()));
  }

  watchGpuMemory(read: ReadGpuMemory): Undo {
    if (!hasRows(this.engine.name)) return () => {};
    // a board of an older copy shows no GPU
    return this.#instance.models.gpus?.watch(read) ?? (() => {});
  }

  /** Says whose model it is: one of which nobody says it counts as llama.cpp's. What is no object stays as it is, to be reported. */
  #typed(readings: ModelReadings | undefined): ModelReadings | undefined {
    if (!isObject(readings) || types.isPromise(readings) || Array.isArray(readings)) return readings;
    return readings.modelType === undefined ? { ...readings, modelType: this.engine.name } : readings;
  }

  watchServer(server: string, read: ReadServer): Undo {
    // an older copy has no rows for it
    return this.#instance.watchServer?.(server, read) ?? (() => {});
  }

  decodeBatches(model: string): (tokens: number) => void {
    return this.#instance.decodeBatches(model);
  }

  reportModel(model: string, readings: ModelReadings): void {
    this.#instance.reportModel(model, { modelType: this.engine.name, ...readings });
  }

  reportVersion(name: string, version: string): void {
    this.#instance.health.reportVersion(name, version);
  }
}

const adapters = new WeakMap<Engine, WeakMap<object, AdapterHost>>();

/**
 * What the adapter to an engine uses of an instance, behind the `Aiwatch` that apps see.
 * @param engine declared once by the adapter; the same object at each call
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is no instance, and for an engine without a name or with error types that are none
 * @example
 * const engine = { name: "my-engine" };
 * const host = adapterOf(options.aiwatch ?? defaultAiwatch(), engine);
 * const inference = host.issueInference({ model: "tiny" });
 */
export function adapterOf(aiwatch: Aiwatch, engine: Engine): AdapterHost {
  return adapters.get(engine)?.get(aiwatch) ?? makeAdapter(aiwatch, engine);
}

function makeAdapter(aiwatch: Aiwatch, engine: Engine): AdapterHost {
  checkInstance(aiwatch);
  if (typeof Reflect.get(Object(engine), "name") !== "string") {
    throw invalidArgument("the engine", engine, 'an object with its name, such as { name: "my-engine" }');
  }
  const { errorTypes = [] } = engine;
  checkErrorTypes(errorTypes);
  const instance = aiwatch as unknown as Instance;
  const host = new InstanceAdapter(instance, engine);
  // an older copy counts them as it counts those of any class
  host.diagnostics.guard("adapter", "declaring error types", () => instance.declareErrorTypes?.(errorTypes));
  const { engines } = inventory();
  if (engines.size < mostEngines) engines.add(engine.name);
  const known = adapters.get(engine) ?? new WeakMap<object, AdapterHost>();
  adapters.set(engine, known.set(aiwatch, host));
  return host;
}

/** Names of engines that are kept for diagnostics. */
const mostEngines = 50;

/** Each is a series, for as long as the process lives. */
const maxErrorTypes = 32;

function checkErrorTypes(types: unknown): void {
  const isList = Array.isArray(types) && types.length <= maxErrorTypes;
  if (isList && types.every(isName)) return;
  const wrong: unknown = isList ? types.find((type) => !isName(type)) : types;
  const expected = `a list of up to ${maxErrorTypes} names, each of up to 64 letters, digits, _, $, . and -`;
  throw invalidArgument("the engine's errorTypes", wrong, expected);
}
