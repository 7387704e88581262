import { Metrics } from "../app-metrics/metrics.ts";
import { runDue } from "../base/after-turn.ts";
import { type Clock, guardedClock } from "../base/clock.ts";
import { closeWithin } from "../base/close-within.ts";
import { type Closer, sharedClosers } from "../base/closers.ts";
import { defaultOf } from "../base/default-instance.ts";
import { createDiagnostics, type DiagnosticListener, type Diagnostics, warnOnce } from "../base/diagnostics.ts";
import { AiwatchError } from "../base/errors.ts";
import { catalogue } from "../catalogue/index.ts";
import { llamaCpp, type Operation, type TelemetrySource } from "../catalogue/values.ts";
import type { LoopWatched } from "../event-loop/loop-watch.ts";
import { exitReport } from "../exit-report/exit-report.ts";
import { createHealth } from "../health/create-health.ts";
import type { Health } from "../health/health.ts";
import type { ContentSettings } from "../inference/content.ts";
import { disabledInference } from "../inference/disabled-inference.ts";
import { HandMadeInference } from "../inference/hand-made.ts";
import { Inference } from "../inference/inference.ts";
import type { InferenceHandle, InferenceStart } from "../inference/inference-handle.ts";
import type { InferenceRecord, ToolRecord } from "../inference/record.ts";
import type { PutGuard } from "../instruments/counter.ts";
import { beginTool, InferenceSeries, recordTool } from "../instruments/inference-series.ts";
import { type Instruments, instrumentsOf } from "../instruments/instruments.ts";
import { beginDropped } from "../instruments/known-series.ts";
import { overflowValue } from "../instruments/label-values.ts";
import { recordPromptEval } from "../instruments/llamacpp-series.ts";
import type { MetricsRegistry } from "../instruments/registry.ts";
import { RequestSeries } from "../instruments/request-series.ts";
import type { LiveInference } from "../models/live-inferences.ts";
import type { ModelBoard } from "../models/model-board.ts";
import type { ModelReadings } from "../models/readings.ts";
import type { RequestRecord } from "../request/record.ts";
import { handleSignals } from "../shutdown/handle-signals.ts";
import type { SignalOptions } from "../shutdown/options.ts";
import { isBusy } from "../shutdown/quiet.ts";
import type { Objectives } from "../slo/objectives.ts";
import { type Summary, SummaryTotals } from "../summary/summary.ts";
import type { AiwatchOptions } from "./aiwatch-options.ts";
import { type InstanceSettings, readInstanceSettings } from "./instance-settings.ts";
import { LastActions } from "./last-actions.ts";
import type { Observer } from "./observer.ts";
import { type TellingEvent, type ToldObserver, toldObserver } from "./told-observer.ts";

export type { AiwatchOptions } from "./aiwatch-options.ts";

/**
 * One instance: its registry, its observers and its health. The first one that an app creates is the default of everything that is not
 * given one.
 */
export class Aiwatch {
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Makes the app's own metrics. */
  readonly metrics: Metrics;
  /** @internal whether nobody's `createAiwatch` made it: it stands in until one does */
  standsIn = false;
  /** @internal whether `close()` was called: the next one that is created becomes the default */
  isClosing = false;
  /** @internal */
  readonly diagnose: DiagnosticListener;
  /** @internal */
  totals = new SummaryTotals();
  /** @internal what `close()` is to call; one that stood in adds to the app's own */
  closers = new Set<Closer>();
  /** @internal what is done before anything is closed */
  readonly lastActions = new LastActions();
  /** @internal where something began that was under way when this instance took over, on another registry than its own */
  inherited: Instruments | undefined;
  /** The app's own instance, which came after this one that stood in for it. */
  #successor: Aiwatch | undefined;
  readonly #service: string;
  readonly #disabled: boolean;
  readonly #registry: MetricsRegistry;
  /** What begins here ends here, whoever came after. */
  readonly #instruments: Instruments;
  readonly #health: Health;
  readonly #builtInChecks: ReadonlySet<string>;
  readonly #objectives: Objectives | undefined;
  readonly #content: ContentSettings;
  readonly #observers: readonly ToldObserver[];
  readonly #closeTimeoutMs: number;
  /** @internal */
  readonly abandonedAfterMs: number;
  #saidAbandoned = false;
  /** By model, then by operation. */
  readonly #series = new Map<string, Map<string, InferenceSeries>>();
  readonly #requests: RequestSeries;

  constructor(options: AiwatchOptions = {}) {
    const settings = readInstanceSettings(options);
    this.#service = settings.service;
    this.#disabled = settings.disabled;
    this.#registry = settings.registry;
    this.abandonedAfterMs = settings.abandonedAfterMs;
    this.diagnose = settings.onDiagnostic ?? warnOnce();
    this.diagnostics = createDiagnostics(
      (source: TelemetrySource) => this.instruments.telemetryErrors.add({ source }),
      (diagnostic) => this.current.diagnose(diagnostic),
    );
    const misread = (error: unknown) => this.diagnostics.fault("registry", "reading the option clock", error);
    this.clock = guardedClock(settings.clock, misread);
    this.#objectives = settings.objectives;
    this.#content = settings.content;
    this.#closeTimeoutMs = settings.closeTimeoutMs;
    this.#health = createHealth(this, settings.health);
    this.#builtInChecks = new Set(this.#health.checks.keys());
    // the last that may be refused: whoever tries again finds nothing of this one
    this.#instruments = instrumentsOf(this.#registry, this.clock);
    this.#requests = new RequestSeries(this.#instruments);
    this.metrics = new Metrics(this);
    this.#observers = [...settings.observers, ...this.#ownObservers(settings).map(toldObserver)];
    for (const { observer } of this.#observers) this.closers.add(() => observer.close?.());
  }

  /** The service's name in `/health`. */
  get service(): string {
    return this.#successor?.service ?? this.#service;
  }

  get disabled(): boolean {
    return this.#successor?.disabled ?? this.#disabled;
  }

  get registry(): MetricsRegistry {
    return this.#successor?.registry ?? this.#registry;
  }

  get instruments(): Instruments {
    return this.#successor?.instruments ?? this.#instruments;
  }

  /** @internal Where something of this instance may be under way. */
  get open(): readonly Instruments[] {
    if (this.#successor !== undefined) return this.#successor.open;
    return this.inherited === undefined ? [this.#instruments] : [this.#instruments, this.inherited];
  }

  /** What must hold before the app is sent traffic. */
  get health(): Health {
    return this.#successor?.health ?? this.#health;
  }

  /** @internal */
  get objectives(): Objectives | undefined {
    return this.#successor === undefined ? this.#objectives : this.#successor.objectives;
  }

  /** @internal */
  get content(): ContentSettings {
    return this.#successor?.content ?? this.#content;
  }

  /** What the models that live here can tell now. */
  get models(): ModelBoard {
    return this.instruments.models;
  }

  /**
   * Begins an inference of an engine that we do not know. End it with `end`, `abort` or `fail`. One that is not ended is ended as `aborted`, with
   * `abandoned` as its raw reason: when nothing was reported for `abandonedAfterMs` after the request that it began in was closed, unless it
   * `outlivesRequest`, or when its handle was garbage-collected. While a promise of its `run()` or of a tool's is pending it is left alone. A
   * diagnostic says so once. Never throws.
   * @example
   * const inference = aiwatch.startInference({ model: "my-model" });
   * inference.token();
   * inference.end({ unified: "stop" });
   */
  startInference(start: InferenceStart): InferenceHandle {
    if (this.#successor !== undefined) return this.#successor.startInference(start);
    return this.#disabled ? disabledInference : new HandMadeInference(this, start);
  }

  /** @internal Begins an inference for an adapter, which ends what it begins: nobody watches over it. */
  issueInference(start: InferenceStart): InferenceHandle {
    if (this.#successor !== undefined) return this.#successor.issueInference(start);
    return this.#disabled ? disabledInference : new Inference(this, start);
  }

  /**
   * @internal Puts off an end for a moment. It must not throw, and runs before `close()` closes anything, or at the process's exit, unless it
   * is taken away again by then.
   */
  endsAtLast(end: () => void): () => void {
    return this.current.lastActions.add(end);
  }

  /** @internal an inference or a tool of the app's own was never ended */
  abandoned(): void {
    if (this.#saidAbandoned) return;
    this.#saidAbandoned = true;
    const message =
      "an inference or a tool of startInference() was never ended: call end(), abort() or fail() in a finally";
    const error = new AiwatchError("AIWATCH_ABANDONED", message);
    this.diagnostics.fault("adapter", "waiting for the end of what startInference() began", error);
  }

  /**
   * Records figures of a model that somebody else measured. Those left out keep what they were; live readings win over them. `modelType` says
   * whose they are: left out, they are of the engine that the model is known to have, and llama.cpp's where nobody ever said.
   * @example
   * aiwatch.reportModel("my-model", { modelType: "my-engine", tokensPerSecond: 31 });
   */
  reportModel(model: string, readings: ModelReadings): void {
    this.diagnostics.guard("registry", "reporting a model", () => {
      this.models.report(model, readings, this.clock);
      const { promptEvalMs, modelType } = readings;
      if (promptEvalMs === undefined || this.models.engineOf(model, modelType) !== llamaCpp) return;
      recordPromptEval(this.instruments, model, promptEvalMs);
    });
  }

  /** Takes the size of each native batch of a model: the tokens of all the sequences that share it. */
  decodeBatches(model: string): (tokens: number) => void {
    const begin = () => {
      beginDropped(this.instruments, [catalogue.decodeBatchTokens]);
      return this.instruments.decodeBatchTokens.bind({ model }).observe;
    };
    const guarded = () => this.diagnostics.guard("registry", "beginning a model's batches", begin);
    let recorder = { of: this.current, observe: guarded() };
    return (tokens) => {
      if (recorder.of !== this.current) recorder = { of: this.current, observe: guarded() };
      recorder.observe?.(tokens);
    };
  }

  /** @internal an inference was issued */
  began(model: string, operation: Operation, live: LiveInference & LoopWatched): void {
    this.diagnostics.guard("registry", "beginning an inference", () => {
      const { models } = this.#instruments;
      models.live.begin(models.nameOf(model), live, this.clock);
      this.#instruments.loop.begin(live);
      this.#seriesOf(model, operation).begin(live.provider);
    });
  }

  /** @internal an inference is about to end */
  ending(live: LoopWatched): void {
    this.diagnostics.guard("registry", "ending an inference", () => this.#instruments.loop.end(live));
  }

  /** @internal an inference ended */
  ended(model: string, live: LiveInference, record: InferenceRecord): void {
    const { models } = this.#instruments;
    this.#put(() => models.live.end(models.nameOf(model), live, record.tokensPerSecond, this.clock));
    this.#put(() => this.totals.addInference(record));
    this.#put(() => this.#seriesOf(model, record.operation).record(record));
    this.current.tell("inferenceEnded", (observer) => observer.inferenceEnded?.(record));
  }

  /** @internal a model called a function */
  toolBegan(model: string, tool: string): void {
    this.diagnostics.guard("registry", "beginning a tool call", () => beginTool(this.#instruments, model, tool));
  }

  /** @internal a function that a model called ended */
  toolEnded(record: ToolRecord): void {
    recordTool(this.#instruments, record, this.#put);
    this.current.tell("toolEnded", (observer) => observer.toolEnded?.(record));
  }

  /** @internal an HTTP request ended */
  requestEnded(record: RequestRecord): void {
    this.diagnostics.guard("registry", "recording a request", () => {
      this.totals.addRequest(record);
      this.#requests.record(record);
    });
    this.current.tell("requestEnded", (observer) => observer.requestEnded?.(record));
  }

  /** The figures of `GET /metrics/summary`. */
  summary(): Summary {
    runDue();
    return this.#successor?.summary() ?? this.totals.read(this.#instruments);
  }

  /** Adds what `close()` is to call. @returns takes it away again */
  onClose(closer: Closer): () => void {
    this.closers.add(closer);
    return () => this.closers.delete(closer);
  }

  /** The app is on its way out: readiness is 503 from now on. What is under way is still observed, and delivered by `close()`. */
  startDraining(): void {
    this.health.startDraining();
  }

  /**
   * Stops the app gracefully on a signal: readiness turns 503; after `drainMs` the servers accept no more; requests and inferences may end for
   * `timeoutMs`; `close()`; exit with 0, or with 128 + the signal's number where something had to be cut. A second signal exits at once.
   * Other listeners of the app stay. Opt-in: without it a signal does what it did before.
   * @returns listens no more
   * @throws AiwatchError `AIWATCH_INVALID_SETTING` for an option or a variable that cannot be used; `AIWATCH_INVALID_ARGUMENT` when signals
   *   are handled already
   */
  handleSignals(options: SignalOptions = {}): () => void {
    return handleSignals(this, options);
  }

  /**
   * Closes what was added by `onClose` and the observers, each once, and flushes the tracing SDK. Inferences that still run are the app's to end,
   * before or after; only those of a llama.cpp sequence that is disposed under them end now. Never rejects: a fault is reported, and so is what
   * does not come to its end in time.
   */
  async close(): Promise<void> {
    if (this.#successor !== undefined) return this.#successor.close();
    this.isClosing = true;
    this.lastActions.run();
    runDue();
    const closers = [...this.closers, ...sharedClosers()];
    this.closers.clear();
    await Promise.all(closers.map((closer) => this.#close(closer)));
    const shared = defaultOf<Aiwatch>();
    if (shared.instance === this) shared.instance = undefined;
  }

  /**
   * @internal The app has made an instance of its own, for which this one stood in: what is held by it or was begun with it, whoever holds it,
   * goes on as the other's. What has been counted stays counted, and an inference under way is told of by the other alone.
   */
  yieldTo(successor: Aiwatch): void {
    for (const name of this.#builtInChecks) this.#health.checks.delete(name);
    successor.health.takeOver(this.#health);
    for (const closer of this.closers) successor.closers.add(closer);
    this.closers = successor.closers;
    successor.endsAtLast(() => this.lastActions.run());
    if (successor.instruments === this.#instruments) successor.totals = this.totals;
    else this.#movesTo(successor);
    // whether there are objectives is another's to say now
    this.#series.clear();
    this.#successor = successor;
  }

  #movesTo(successor: Aiwatch): void {
    if (!successor.disabled) successor.models.takeOver(this.#instruments.models);
    if (isBusy(this.#instruments)) successor.inherited = this.#instruments;
  }

  /** @internal */
  tell(event: TellingEvent, call: (observer: Observer) => void): void {
    for (const { observer, what } of this.#observers) {
      this.diagnostics.guard("observer", what[event], () => call(observer));
    }
  }

  /** @internal the app's own instance, where this one stood in for it */
  get current(): Aiwatch {
    return this.#successor ?? this;
  }

  /** Each value by itself: one instrument at fault costs no other its count. */
  readonly #put: PutGuard = (put) => void this.diagnostics.guard("registry", "recording what ended", put);

  #seriesOf(model: string, operation: Operation): InferenceSeries {
    return (
      this.#series.get(model)?.get(operation) ??
      this.#seriesOfName(model, this.#instruments.models.nameOf(model), operation)
    );
  }

  /** @param name the label's value: a long name is another there */
  #seriesOfName(model: string, name: string, operation: Operation): InferenceSeries {
    // a model over the cap is told of as `other`, and not kept: what is recorded of it is counted as dropped
    if (name === overflowValue && model !== overflowValue) return this.#newSeries(model, operation);
    const ofModel = this.#series.get(name) ?? new Map<string, InferenceSeries>();
    this.#series.set(name, ofModel);
    const known = ofModel.get(operation) ?? this.#newSeries(name, operation);
    ofModel.set(operation, known);
    return known;
  }

  #newSeries(model: string, operation: Operation): InferenceSeries {
    return new InferenceSeries(this.#instruments, { model, operation }, this.objectives !== undefined, this.#put);
  }

  #ownObservers({ disabled, exitReport: reportsAtExit }: InstanceSettings): Observer[] {
    if (disabled || !reportsAtExit) return [];
    return [exitReport(this.instruments, (model) => this.models.nameOf(model))];
  }

  async #close(closer: Closer): Promise<void> {
    try {
      await closeWithin(closer, this.#closeTimeoutMs);
    } catch (error) {
      this.diagnostics.fault("observer", "closing", error);
    }
  }
}

/**
 * Creates an instance on `registry`, or on prom-client's global one. The first takes over from an instance that stood in for it: what is
 * observed by then is told to its observers from now on, each inference once.
 * @throws AiwatchError `AIWATCH_METRIC_CONFLICT` when the registry holds a foreign metric of one of our names;
 *   `AIWATCH_INVALID_SETTING` for an option or an environment variable that cannot be used. Then nothing is registered and nothing begun
 */
export function createAiwatch(options: AiwatchOptions = {}): Aiwatch {
  const aiwatch = new Aiwatch(options);
  const shared = defaultOf<Aiwatch>();
  if (shared.instance?.standsIn === true) {
    shared.instance.yieldTo(aiwatch);
    shared.instance = aiwatch;
  }
  if (shared.instance === undefined || shared.instance.isClosing) shared.instance = aiwatch;
  return aiwatch;
}

/**
 * The instance for calls that name none: the first that was created, until it is closed. Where there is none, one is made on prom-client's
 * global registry that stands in for the app's own: the first that the app creates takes over what was observed by then.
 * @param last what to give in place of a new one: the instance that was the default before
 * @throws AiwatchError where one has to be made: `AIWATCH_METRIC_CONFLICT` when the global registry holds a foreign metric of one of our names;
 *   `AIWATCH_INVALID_SETTING` for an environment variable that cannot be used
 * @example defaultAiwatch().health.addCheck("store", () => storeIsUp)
 */
export function defaultAiwatch(last?: Aiwatch): Aiwatch {
  const shared = defaultOf<Aiwatch>();
  const known = shared.instance ?? last;
  if (known !== undefined) return known;
  const aiwatch = new Aiwatch();
  aiwatch.standsIn = true;
  shared.instance = aiwatch;
  return aiwatch;
}
