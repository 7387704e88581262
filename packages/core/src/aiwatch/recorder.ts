import type { Diagnostics } from "../base/diagnostics.ts";
import type { Clock } from "../base/time.ts";
import { generates, type ObjectiveName, type Operation } from "../catalogue/values.ts";
import type { Chat } from "../chats/chat.ts";
import { ChatBoard } from "../chats/chat-board.ts";
import type { LoopWatched } from "../event-loop/loop-watch.ts";
import type { Objectives } from "../inference/objectives.ts";
import type { InferenceRecord, ToolRecord } from "../inference/record.ts";
import { ChatSeries } from "../instruments/chat-series.ts";
import type { PutGuard } from "../instruments/counter.ts";
import { beginTool, InferenceSeries, recordTool } from "../instruments/inference-series.ts";
import type { Instruments } from "../instruments/instruments.ts";
import { overflowValue } from "../instruments/label-values.ts";
import { RequestSeries } from "../instruments/request-series.ts";
import type { LiveInference } from "../models/live-inferences.ts";
import type { RequestFigures } from "../request/record.ts";
import { SummaryTotals } from "../summary/summary-totals.ts";
import type { SpanReference } from "../tracing/span.ts";

/** What the recorder needs of the instance that it belongs to. */
export interface RecordedHost {
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly objectives: Objectives | undefined;
  /** Where chats are kept now: the app's own instance may have come since. */
  readonly chats: ChatBoard;
}

const recording = "recording what ended";

/** Writes what happens into the instruments of one registry, into the totals of the summary and on the board of chats. What begins here ends here. */
export class Recorder {
  /** Shared with the app's own instance, where both record into the same instruments. */
  totals = new SummaryTotals();
  /** Shared as the totals are. */
  chats: ChatBoard;
  readonly #host: RecordedHost;
  readonly #instruments: Instruments;
  readonly #requests: RequestSeries;
  /** By model, then by operation. */
  readonly #series = new Map<string, Map<string, InferenceSeries>>();
  /** By model. */
  readonly #chatSeries = new Map<string, ChatSeries>();

  constructor(instruments: Instruments, host: RecordedHost) {
    this.#instruments = instruments;
    this.#host = host;
    this.chats = new ChatBoard(host.clock, (chat, now) => this.#chatEnded(chat, now));
    this.#requests = new RequestSeries(instruments);
    this.#showObjectives();
  }

  // what each inference goes through is caught where it stands: a guard would make a closure for each
  began(model: string, operation: Operation, live: LiveInference & LoopWatched): void {
    try {
      const { models } = this.#instruments;
      models.live.begin(models.nameOf(model), live, this.#host.clock);
      this.totals.inferenceBegan(live);
      this.chats.inferenceBegan(live);
      this.#instruments.loop.begin(live);
      this.#seriesOf(model, operation).begin(live.provider);
    } catch (error) {
      this.#host.diagnostics.fault("registry", "beginning an inference", error);
    }
  }

  renamed(from: string, to: string, operation: Operation, live: LiveInference): void {
    this.#host.diagnostics.guard("registry", "renaming an inference", () => {
      const { models } = this.#instruments;
      models.live.end(models.nameOf(from), live, undefined, this.#host.clock);
      models.live.begin(models.nameOf(to), live, this.#host.clock);
      this.#seriesOf(to, operation).begin(live.provider);
    });
  }

  requestFirstToken(model: string, operation: Operation, waitedMs: number, span: SpanReference | undefined): void {
    this.#put(() => this.#seriesOf(model, operation).requestFirstToken(waitedMs, span));
  }

  ending(live: LoopWatched): void {
    try {
      this.#instruments.loop.end(live);
    } catch (error) {
      this.#host.diagnostics.fault("registry", "ending an inference", error);
    }
  }

  /** Each value by itself: one instrument at fault costs no other its count. */
  ended(model: string, live: LiveInference, record: InferenceRecord): void {
    const { models } = this.#instruments;
    try {
      models.live.end(models.nameOf(model), live, record.tokensPerSecond, this.#host.clock);
    } catch (error) {
      this.#failed(error);
    }
    try {
      this.totals.inferenceEnded(live, record);
    } catch (error) {
      this.#failed(error);
    }
    try {
      this.#host.chats.inferenceEnded(live, record);
    } catch (error) {
      this.#failed(error);
    }
    try {
      this.#seriesOf(model, record.operation).record(record, live.firstTokenAt !== undefined);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Of the chat's last inference is the model: whoever was refused in the app's own line, or left it, called none. */
  #chatEnded(chat: Chat, now: number): void {
    const { model } = chat.facts;
    if (model === undefined) return;
    try {
      this.#chatSeriesOf(model).record(chat, now);
    } catch (error) {
      this.#failed(error);
    }
  }

  toolBegan(model: string, tool: string): void {
    this.#host.diagnostics.guard("registry", "beginning a tool call", () => beginTool(this.#instruments, model, tool));
  }

  toolEnded(record: ToolRecord): void {
    recordTool(this.#instruments, record, this.#put);
  }

  requestEnded(request: RequestFigures): void {
    try {
      this.totals.addRequest(request);
      this.#requests.record(request);
    } catch (error) {
      this.#host.diagnostics.fault("registry", "recording a request", error);
    }
  }

  /** Binds every series anew when it is next used: the objectives may have changed. */
  forgetSeries(): void {
    this.#series.clear();
  }

  readonly #put: PutGuard = (put) => void this.#host.diagnostics.guard("registry", recording, put);

  #failed(error: unknown): void {
    this.#host.diagnostics.fault("registry", recording, error);
  }

  #showObjectives(): void {
    const { requestFirstTokenMs, firstTokenMs, timePerOutputTokenMs, latencyMs } = this.#host.objectives ?? {};
    const show = (objective: ObjectiveName, ms: number | undefined) => {
      if (ms !== undefined) this.#instruments.sloObjective.set({ objective }, ms / 1000);
    };
    show("request_first_token", requestFirstTokenMs);
    show("ttft", firstTokenMs);
    show("tpot", timePerOutputTokenMs);
    show("latency", latencyMs);
  }

  #seriesOf(model: string, operation: Operation): InferenceSeries {
    return (
      this.#series.get(model)?.get(operation) ??
      this.#seriesOfName(model, this.#instruments.models.nameOf(model), operation)
    );
  }

  /** @param name the label's value: a long name is another there */
  #seriesOfName(model: string, name: string, operation: Operation): InferenceSeries {
    if (isOver(model, name)) return this.#newSeries(model, operation);
    const ofModel = this.#series.get(name) ?? new Map<string, InferenceSeries>();
    this.#series.set(name, ofModel);
    const known = ofModel.get(operation) ?? this.#newSeries(name, operation);
    ofModel.set(operation, known);
    return known;
  }

  #chatSeriesOf(model: string): ChatSeries {
    const known = this.#chatSeries.get(model);
    if (known !== undefined) return known;
    const name = this.#instruments.models.nameOf(model);
    if (isOver(model, name)) return new ChatSeries(this.#instruments, model, this.#put);
    const made = this.#chatSeries.get(name) ?? new ChatSeries(this.#instruments, name, this.#put);
    this.#chatSeries.set(name, made);
    return made;
  }

  #newSeries(model: string, operation: Operation): InferenceSeries {
    if (generates(operation)) this.#chatSeriesOf(model);
    const isJudged = this.#host.objectives !== undefined;
    return new InferenceSeries(this.#instruments, { model, operation }, isJudged, this.#put);
  }
}

/** A model over the cap is recorded as `other`, and its series are not kept: each of its values counts as dropped. */
function isOver(model: string, name: string): boolean {
  return name === overflowValue && model !== overflowValue;
}
