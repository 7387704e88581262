import { type Admission, type AdmissionOptions, Admissions } from "../admission/admission.ts";
import { AppMetrics, type Metrics } from "../app-metrics/metrics.ts";
import { afterBatch, runDue } from "../base/after-turn.ts";
import { createDiagnostics, type DiagnosticListener, type Diagnostics, warnOnce } from "../base/diagnostics.ts";
import { AiwatchError } from "../base/errors.ts";
import { type Closer, defaultOf } from "../base/process-wide.ts";
import { type Clock, guardedClock } from "../base/time.ts";
import { catalogue } from "../catalogue/index.ts";
import { hasRows, type Operation, type TelemetrySource } from "../catalogue/values.ts";
import type { ChatBoard } from "../chats/chat-board.ts";
import type { LoopWatched } from "../event-loop/loop-watch.ts";
import { exitReport } from "../exit-report/exit-report.ts";
import { createHealth } from "../health/create-health.ts";
import type { HealthChecks } from "../health/health.ts";
import type { ContentSettings } from "../inference/content.ts";
import { disabledInference } from "../inference/disabled-inference.ts";
import { Inference } from "../inference/inference.ts";
import type { InferenceHandle, InferenceStart, IssuedStart } from "../inference/inference-handle.ts";
import type { ResolvedObjectives } from "../inference/objectives.ts";
import type { InferenceRecord, ToolRecord } from "../inference/record.ts";
import { ReportedInference } from "../inference/reported-inference.ts";
import { recordPromptEval } from "../instruments/engine-series.ts";
import { type Instruments, instrumentsOf } from "../instruments/instruments.ts";
import { beginDropped } from "../instruments/known-series.ts";
import type { MetricsRegistry } from "../instruments/registry.ts";
import { beginServers } from "../instruments/server-series.ts";
import type { LiveInference } from "../models/live-inferences.ts";
import type { ModelBoard } from "../models/model-board.ts";
import type { ModelReadings } from "../models/readings.ts";
import type { ReadServer } from "../models/server-board.ts";
import type { ReaderWait } from "../request/first-token.ts";
import type { EndedRequest, RequestRecord } from "../request/record.ts";
import type { Summary } from "../summary/schema.ts";
import { summaryFrom } from "../summary/summary.ts";
import type { SummaryPart } from "../summary/summary-part.ts";
import type { SpanReference } from "../tracing/span.ts";
import { Closing } from "./closing.ts";
import { type InstanceSettings, readInstanceSettings } from "./instance-settings.ts";
import { type EventRecords, type NamedObserver, namedObserver, notifyObservers } from "./notify-observers.ts";
import type { Observer } from "./observer.ts";
import type { AiwatchOptions } from "./options.ts";
import { Recorder } from "./recorder.ts";

/**
 * The instance behind the public `Aiwatch`, with all that core itself needs of it. `hostOf` finds it.
 *
 * One that stood in for the app's own hands everything on to its successor, which may be of another copy of this package, of an older or a newer
 * release too: they use each other's public members alone, and the members that `yieldTo` uses keep their names.
 */
export class AiwatchHost {
  readonly clock: Clock;
  /** The wait of each request that comes to this instance, while it goes on: one object for all. */
  readonly pendingWait: ReaderWait;
  readonly diagnostics: Diagnostics;
  readonly metrics: Metrics;
  /** Whether no `createAiwatch` made it: it stands in until one does. */
  standsIn = false;
  /** Whether `close()` was called: the next one that is created becomes the default. */
  isClosing = false;
  readonly diagnose: DiagnosticListener;
  readonly recorder: Recorder;
  readonly closing = new Closing();
  readonly admissions = new Admissions(this);
  readonly abandonedAfterMs: number;
  /** Where something began that was under way when this instance took over, on another registry than its own. */
  inherited: Instruments | undefined;
  /** The app's own instance, which came after this one that stood in for it. */
  #successor: AiwatchHost | undefined;
  readonly #settings: InstanceSettings;
  /** What begins here ends here, whoever came after. */
  readonly #instruments: Instruments;
  readonly #health: HealthChecks;
  readonly #builtInChecks: ReadonlySet<string>;
  readonly #observers: readonly NamedObserver[];
  readonly #flushesObservers: boolean;
  /** Error types that adapters declared. */
  readonly #errorTypes = new Set<string>();
  #warnedOfAbandoned = false;

  /**
   * @throws AiwatchError `AIWATCH_METRIC_CONFLICT` when the registry holds a foreign metric of one of our names; `AIWATCH_INVALID_SETTING`
   *   for an option or a variable that cannot be used
   */
  constructor(options: AiwatchOptions = {}) {
    const settings = readInstanceSettings(options);
    this.#settings = settings;
    this.abandonedAfterMs = settings.abandonedAfterMs;
    this.diagnose = settings.onDiagnostic ?? warnOnce();
    this.diagnostics = createDiagnostics(
      (source: TelemetrySource) => this.instruments.telemetryErrors.add({ source }),
      (diagnostic) => this.current.diagnose(diagnostic),
    );
    const misread = (error: unknown) => this.diagnostics.fault("registry", "reading the option clock", error);
    this.clock = guardedClock(settings.clock, misread);
    this.pendingWait = { clock: this.clock };
    this.#health = createHealth(this, settings.health);
    this.#builtInChecks = new Set(this.#health.checks.keys());
    // the last that may be refused: whoever tries again finds nothing of this one
    this.#instruments = instrumentsOf(settings.registry, this.clock);
    this.#health.onVersion = (name, version) =>
      this.diagnostics.guard("registry", "taking a version", () => this.#instruments.buildInfo.report(name, version));
    this.recorder = new Recorder(this.#instruments, this);
    this.metrics = new AppMetrics(this);
    this.#observers = [...settings.observers, ...this.#ownObservers().map(namedObserver)];
    this.#flushesObservers = this.#observers.some(({ observer }) => observer.flush !== undefined);
    for (const { observer } of this.#observers) this.onClose(() => observer.close?.());
  }

  get service(): string {
    return this.#successor?.service ?? this.#settings.service;
  }

  get disabled(): boolean {
    return this.#successor?.disabled ?? this.#settings.disabled;
  }

  get registry(): MetricsRegistry {
    return this.#successor?.registry ?? this.#settings.registry;
  }

  get instruments(): Instruments {
    return this.#successor?.instruments ?? this.#instruments;
  }

  /** Where something of this instance may be under way. */
  get open(): readonly Instruments[] {
    if (this.#successor !== undefined) return this.#successor.open;
    return this.inherited === undefined ? [this.#instruments] : [this.#instruments, this.inherited];
  }

  /** Whether an observed request or an inference goes on. */
  get isBusy(): boolean {
    return this.open.some(isBusy);
  }

  get health(): HealthChecks {
    return this.#successor?.health ?? this.#health;
  }

  get objectives(): ResolvedObjectives | undefined {
    return this.#successor === undefined ? this.#settings.objectives : this.#successor.objectives;
  }

  get content(): ContentSettings {
    return this.#successor?.content ?? this.#settings.content;
  }

  get chats(): ChatBoard {
    return this.#successor?.chats ?? this.recorder.chats;
  }

  get models(): ModelBoard {
    return this.instruments.models;
  }

  /** The app's own instance, where this one stood in for it; else itself. */
  get current(): AiwatchHost {
    return this.#successor ?? this;
  }

  startInference(start: InferenceStart): InferenceHandle {
    if (this.#successor !== undefined) return this.#successor.startInference(start);
    return this.disabled ? disabledInference : new ReportedInference(this, start);
  }

  admission(options: AdmissionOptions): Admission {
    return this.admissions.of(options);
  }

  /** What `close()` calls. One that stood in hands its own over here, from another copy of this package too. */
  get closers(): Set<Closer> {
    return this.closing.closers;
  }

  /** Begins an inference for an adapter, which ends what it begins: nobody watches over it. */
  issueInference(start: IssuedStart): InferenceHandle {
    if (this.#successor !== undefined) return this.#successor.issueInference(start);
    return this.disabled ? disabledInference : new Inference(this, start);
  }

  /**
   * Puts off an end for a moment. `end` must not throw. It runs before `close()` closes anything, or at the process's exit, unless it is
   * removed by then.
   * @returns removes it
   */
  endsAtLast(end: () => void): () => void {
    return this.current.closing.lastActions.add(end);
  }

  /** Types of an engine's errors: their series begin at 0, and no cap keeps them out. */
  declareErrorTypes(types: readonly string[] | ReadonlySet<string>): void {
    for (const type of types) this.#errorTypes.add(type);
    if (this.#successor === undefined) {
      for (const type of types) this.#instruments.errors.declare({ type, operation: "inference" });
    } else this.#declareIn(this.#successor);
  }

  /** One of an older copy counts these types as those of any class. */
  #declareIn(successor: AiwatchHost): void {
    if ("declareErrorTypes" in successor) successor.declareErrorTypes(this.#errorTypes);
  }

  /** An inference or a tool of the app's own was never ended. */
  abandoned(): void {
    if (this.#warnedOfAbandoned) return;
    this.#warnedOfAbandoned = true;
    const message =
      "an inference or a tool of startInference() was never ended: call end(), abort() or fail() in a finally";
    const error = new AiwatchError("AIWATCH_ABANDONED", message);
    this.diagnostics.fault("adapter", "waiting for the end of what startInference() began", error);
  }

  reportModel(model: string, readings: ModelReadings): void {
    this.diagnostics.guard("registry", "reporting a model", () => {
      this.models.report(model, readings, this.clock);
      const { promptEvalMs, modelType } = readings;
      if (promptEvalMs === undefined || !hasRows(this.models.engineOf(model, modelType))) return;
      recordPromptEval(this.instruments, model, promptEvalMs);
    });
  }

  /**
   * Shows a model server at each scrape.
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` when a server of that name is watched already
   */
  watchServer(server: string, read: ReadServer): () => void {
    const end = this.models.servers.watch(server, read);
    this.diagnostics.guard("registry", "beginning a server's series", () => beginServers(this.instruments));
    return end;
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

  began(model: string, operation: Operation, live: LiveInference & LoopWatched): void {
    this.recorder.began(model, operation, live);
  }

  renamed(from: string, to: string, operation: Operation, live: LiveInference): void {
    this.recorder.renamed(from, to, operation, live);
  }

  requestFirstToken(model: string, operation: Operation, waitedMs: number, span: SpanReference | undefined): void {
    this.recorder.requestFirstToken(model, operation, waitedMs, span);
  }

  ending(live: LoopWatched): void {
    this.recorder.ending(live);
  }

  ended(model: string, live: LiveInference, record: InferenceRecord): void {
    this.recorder.ended(model, live, record);
    this.#notifyCurrent("inferenceEnded", record);
  }

  toolBegan(model: string, tool: string): void {
    this.recorder.toolBegan(model, tool);
  }

  toolEnded(record: ToolRecord): void {
    this.recorder.toolEnded(record);
    this.#notifyCurrent("toolEnded", record);
  }

  /** Gives the observers a request that the recorder has. */
  notifyEnded(request: EndedRequest): void {
    if (this.observesRequests) this.current.notifyRequest(request.record());
  }

  /** Whether anybody is notified of ended requests. */
  get observesRequests(): boolean {
    return this.#successor === undefined ? this.#observers.length > 0 : this.#successor.observesRequests;
  }

  notifyRequest(record: RequestRecord): void {
    notifyObservers(this.#observers, "requestEnded", record, this.diagnostics);
    if (this.#flushesObservers) afterBatch(this.#flush);
  }

  /** A successor of another release may be unable to: a fault then, and nothing that the app sees. */
  #notifyCurrent<Event extends "inferenceEnded" | "toolEnded">(event: Event, record: EventRecords[Event]): void {
    const successor = this.#successor;
    if (successor === undefined) this.notifyNow(event, record);
    else this.diagnostics.guard("observer", `notifying of ${event}`, () => successor.notifyNow(event, record));
  }

  /** Notifies the observers of what is no part of a batch. */
  notifyNow<Event extends "inferenceEnded" | "toolEnded">(event: Event, record: EventRecords[Event]): void {
    notifyObservers(this.#observers, event, record, this.diagnostics);
    if (this.#flushesObservers) this.#flush();
  }

  readonly #flush = (): void => notifyObservers(this.#observers, "flush", undefined, this.diagnostics);

  summary(): Summary {
    runDue();
    return this.#successor?.summary() ?? summaryFrom(this.recorder.totals.read(this), this);
  }

  /** What the summary is made from, for whoever adds it up with that of other processes. */
  summaryPart(): SummaryPart {
    runDue();
    return this.#successor?.summaryPart() ?? this.recorder.totals.read(this);
  }

  onClose(closer: Closer): () => void {
    return this.closing.add(closer);
  }

  startDraining(): void {
    this.health.startDraining();
  }

  async close(): Promise<void> {
    if (this.#successor !== undefined) return this.#successor.close();
    this.isClosing = true;
    await this.closing.run(this.#settings.closeTimeoutMs, (error) =>
      this.diagnostics.fault("observer", "closing", error),
    );
    const shared = defaultOf<AiwatchHost>();
    if (shared.instance === this) shared.instance = undefined;
  }

  /**
   * The app has created an instance of its own, for which this one stood in. What holds this one goes on with the other; what has been
   * counted stays counted, and the end of an inference under way is notified to the other's observers alone.
   */
  yieldTo(successor: AiwatchHost): void {
    for (const name of this.#builtInChecks) this.#health.checks.delete(name);
    successor.health.takeOver(this.#health);
    this.closing.joinTo(successor);
    this.admissions.beginOn(successor);
    if (successor.instruments === this.#instruments) {
      successor.recorder.totals = this.recorder.totals;
      // moments of two clocks are no wait: a board has one
      if (successor.clock === this.clock) successor.recorder.chats = this.recorder.chats;
    } else this.#moveTo(successor);
    // one of another release may have no board
    successor.chats?.takeOver(this.recorder.chats);
    // the successor decides whether there are objectives
    this.recorder.forgetSeries();
    this.#successor = successor;
  }

  #moveTo(successor: AiwatchHost): void {
    if (!successor.disabled) successor.models.takeOver(this.#instruments.models);
    if (isBusy(this.#instruments)) successor.inherited = this.#instruments;
    this.#declareIn(successor);
  }

  #ownObservers(): Observer[] {
    const { disabled, exitReport: reportsAtExit } = this.#settings;
    if (disabled || !reportsAtExit) return [];
    return [exitReport(this.instruments, (model) => this.models.nameOf(model))];
  }
}

function isBusy({ models, activeRequests }: Instruments): boolean {
  if (activeRequests.read({}) > 0) return true;
  for (const model of models.live.models()) {
    const running = models.live.countsOf(model);
    if (running !== undefined && running.active + (running.queued ?? 0) > 0) return true;
  }
  return false;
}
