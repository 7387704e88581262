import type { Clock } from "../base/time.ts";
import { catalogue } from "../catalogue/index.ts";
import { enginesWithRows } from "../catalogue/values.ts";
import { goEngine } from "../compat/engine.ts";
import { type AdmittedValues, LabelLimiter } from "../instruments/label-values.ts";
import { GpuMemory } from "./gpu-memory.ts";
import { LiveInferences } from "./live-inferences.ts";
import { checkedReadings, type ModelReadings, mergeReadings, type ReadModel } from "./readings.ts";
import { ServerBoard } from "./server-board.ts";

/** @internal */
export interface Source {
  readonly model: string;
  readonly read: ReadModel;
}

/** What is known of a model now. */
export interface KnownModel {
  readonly readings: ModelReadings;
  /** What runs it. */
  readonly engine: string;
  /** The decode rates of what the engines run under that name, of those with rows of their own: several engines may run a model. */
  readonly rates: ReadonlyMap<string, number>;
}

/** What is known of every model now: read from those that live here, else what was last reported. */
export class ModelBoard {
  readonly live: LiveInferences;
  readonly gpus: GpuMemory;
  /** The model servers that are watched. */
  readonly servers: ServerBoard;
  /** @internal What lives here. Boards that show the same have one set. */
  sources = new Set<Source>();
  /** @internal What was reported. Boards that show the same have one map. */
  reported = new Map<string, ModelReadings>();
  readonly #names: LabelLimiter;
  readonly #failed: (error: unknown) => void;
  #snapshot: ReadonlyMap<string, KnownModel> | undefined;

  /**
   * @param admitted the models that the metrics know by name
   * @param failed a model could not be read, or what `what` says
   */
  constructor(clock: Clock, admitted: AdmittedValues, failed: (error: unknown, what?: string) => void) {
    this.live = new LiveInferences(clock);
    this.gpus = new GpuMemory((error) => failed(error, "reading a GPU's memory"));
    this.#names = new LabelLimiter({ model: catalogue.chatTokens.labels.model }, () => {}, admitted);
    this.#failed = failed;
    this.servers = new ServerBoard((error) => failed(error, "reading a model server"));
  }

  /** The model's name as a label value: itself, or `other` over the cap. */
  nameOf(model: string): string {
    return this.#names.admitOne(model);
  }

  /** Values that somebody else measured; those left out keep what they were. A rate is gone once it is a minute old. */
  report(model: string, reported: ModelReadings, clock?: Clock): void {
    const name = this.nameOf(model);
    const { tokensPerSecond, ...readings } = mergeReadings({}, reported);
    if (tokensPerSecond !== undefined) this.live.report(name, tokensPerSecond, readings.modelType, clock);
    this.reported.set(name, { ...this.reported.get(name), ...readings });
  }

  /**
   * An observed inference's prompt was evaluated. Called for each inference, so that nothing is made for it.
   * @param model its name as a label value, or over the cap the name itself
   */
  promptEvaluated(model: string, promptEvalMs: number): void {
    const known: { promptEvalMs?: number } | undefined = this.reported.get(model);
    if (known === undefined) this.report(model, { promptEvalMs });
    else known.promptEvalMs = promptEvalMs;
  }

  /**
   * @internal What runs a model: what it says of itself, else what was said of it, else what ran its inferences. Where nobody ever said it is
   * the Go system's.
   * @param said what was said with the very value that is asked for: that comes before all
   */
  engineOf(model: string, said?: unknown): string {
    if (typeof said === "string") return said;
    const name = this.nameOf(model);
    let live: ModelReadings | undefined;
    for (const source of this.sources) if (source.model === name) live = { ...live, ...this.#readingsOf(source) };
    return this.#engineOf(name, live);
  }

  /** Reads a live object at each scrape. @returns ends it */
  watch(model: string, read: ReadModel): () => void {
    const source = { model: this.nameOf(model), read };
    this.sources.add(source);
    return () => this.sources.delete(source);
  }

  /** @internal Shows what another board shows, from now on. */
  takeOver({ sources, reported, live, gpus, servers }: ModelBoard): void {
    for (const source of this.sources) sources.add(source);
    this.sources = sources;
    for (const [model, readings] of this.reported) reported.set(model, { ...reported.get(model), ...readings });
    this.reported = reported;
    this.live.takeOver(live);
    // a board of an older copy has none of these
    if (gpus !== undefined) this.gpus.takeOver(gpus);
    if (servers !== undefined) this.servers.takeOver(servers);
  }

  /** Every model with what is known of it: those that live here first. A live reading beats a reported one. */
  read(): Map<string, ModelReadings> {
    return new Map(Array.from(this.known(), ([model, { readings }]) => [model, readings]));
  }

  /** @internal What `read` gives, and whose it is. */
  known(): Map<string, KnownModel> {
    const live = new Map<string, ModelReadings>();
    for (const source of this.sources) {
      const readings = this.#readingsOf(source);
      if (readings === undefined) this.sources.delete(source);
      else live.set(source.model, mergeReadings(live.get(source.model) ?? {}, readings));
    }
    const models = new Set([...live.keys(), ...this.reported.keys(), ...this.live.models()]);
    return new Map(Array.from(models, (model) => [model, this.#compose(model, live.get(model))]));
  }

  /** What `known` gives, once for all the gauges that ask in one turn. */
  snapshot(): ReadonlyMap<string, KnownModel> {
    if (this.#snapshot === undefined) {
      this.#snapshot = this.known();
      queueMicrotask(() => {
        this.#snapshot = undefined;
      });
    }
    return this.#snapshot;
  }

  /** One that cannot be read costs neither the source nor the exposition that the app's own metrics are in. */
  #readingsOf({ read }: Source): ModelReadings | undefined {
    try {
      const readings: unknown = read();
      // all of it now: a getter of the app's may throw
      return readings === undefined ? undefined : mergeReadings({}, checkedReadings(readings));
    } catch (error) {
      this.#failed(error);
      return {};
    }
  }

  #compose(model: string, live: ModelReadings | undefined): KnownModel {
    const engine = this.#engineOf(model, live);
    const tokensPerSecond = this.#rateOf(model, undefined, engine, live);
    const running = this.live.countsOf(model);
    const readings = {
      ...this.reported.get(model),
      ...live,
      ...(tokensPerSecond !== undefined && { tokensPerSecond }),
      ...(running !== undefined && { activeInferences: running.active }),
      ...(running?.queued !== undefined && { queuedInferences: running.queued }),
    };
    return { readings, engine, rates: this.#engineRates(model, engine, live) };
  }

  #engineOf(name: string, live: ModelReadings | undefined): string {
    return live?.modelType ?? this.reported.get(name)?.modelType ?? this.live.engineOf(name) ?? goEngine;
  }

  #engineRates(model: string, engine: string, live: ModelReadings | undefined): ReadonlyMap<string, number> {
    const rates = new Map<string, number>();
    for (const each of enginesWithRows()) {
      const rate = this.#rateOf(model, each, engine, live);
      if (rate !== undefined) rates.set(each, rate);
    }
    return rates;
  }

  /** What we computed, else what the model tells, else what was reported. */
  #rateOf(model: string, of: string | undefined, engine: string, live: ModelReadings | undefined): number | undefined {
    const said = of === undefined || engine === of ? live?.tokensPerSecond : undefined;
    const rate = this.live.rateOf(model, of) ?? said ?? this.live.reportedRateOf(model, of, engine);
    return Number.isFinite(rate) ? rate : undefined;
  }
}
