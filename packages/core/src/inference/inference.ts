import type { Span } from "@opentelemetry/api";
import type { Diagnostics } from "../base/diagnostics.ts";
import { AiwatchError, errorName } from "../base/errors.ts";
import { type Clock, calendarMs, calendarTime } from "../base/time.ts";
import { generates, type Operation, operations } from "../catalogue/values.ts";
import type { ChatBoard } from "../chats/chat-board.ts";
import type { InferenceInChat } from "../chats/chat-life.ts";
import type { LoopWatched } from "../event-loop/loop-watch.ts";
import type { CountsSoFar, LiveInference } from "../models/live-inferences.ts";
import { firstTokenCame, type JudgedWait, judgedWait, type ReaderWait } from "../request/first-token.ts";
import { type ObservedScope, requestScopes } from "../request/scope.ts";
import { activeContextWith, runIn } from "../tracing/context.ts";
import { referenceTo, type SpanReference } from "../tracing/span.ts";
import { decodeRate, durationsOf, type Moments, timePerOutputToken } from "./arithmetic.ts";
import type { ContentSettings, Message } from "./content.ts";
import { isHelping } from "./helper.ts";
import type { InferenceHandle, InferenceStart, IssuedStart, ServerFacts, Usage } from "./inference-handle.ts";
import { InferenceSpan } from "./inference-span.ts";
import { judge, type Objectives } from "./objectives.ts";
import {
  added,
  failureTypeOf,
  finishReasonOf,
  forReader,
  isCount,
  namesNoOperation,
  reasoningReaderOf,
  type Started,
  serverFactsOf,
  startedWith,
  toolStartOf,
  usageOf,
} from "./received-values.ts";
import type { FinishReason, InferenceRecord, SpeculativeTokens, ToolRecord, UnfinishedRecord } from "./record.ts";
import { addServed } from "./served.ts";
import { type GapsSoFar, TokenClock } from "./token-clock.ts";
import { TokenCounts } from "./token-counts.ts";
import { ToolCall, type ToolOwner } from "./tool-call.ts";
import type { ToolHandle, ToolStart } from "./tool-handle.ts";

/** What an inference needs of the instance that it belongs to. */
export interface InferenceHost {
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly objectives: Objectives | undefined;
  readonly content: ContentSettings;
  readonly chats: ChatBoard;
  /** Called at the start and at the end: the running ones are what the live gauges add up. */
  began(model: string, operation: Operation, live: LiveInference & LoopWatched): void;
  /** Its server showed another model or provider than it began with, and nothing was counted yet. */
  renamed(from: string, to: string, operation: Operation, live: LiveInference): void;
  /**
   * Called at the first token that a request's reader gets.
   * @param waitedMs milliseconds since the request arrived
   */
  requestFirstToken(model: string, operation: Operation, waitedMs: number, span: SpanReference | undefined): void;
  /** Called before the record is made: the last delay of the event loop is still to be noted. */
  ending(live: LoopWatched): void;
  ended(model: string, live: LiveInference, record: InferenceRecord): void;
  toolBegan(model: string, tool: string): void;
  toolEnded(record: ToolRecord): void;
}

/** The lifecycle: what is reported becomes moments and counts, and at the end one record. */
export class Inference implements InferenceHandle, LiveInference, LoopWatched, ToolOwner {
  ended = false;
  aborted = false;
  eventLoopDelayMs: number | undefined;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly requestId: string | undefined;

  /** The request whose reader its tokens are for. */
  readonly #request: ObservedScope | undefined;
  /** The reader's wait, where its first token ended it. */
  #wait: ReaderWait | undefined;
  readonly #host: InferenceHost;
  /** Until then a token is of the same slice of the board's window as the last one. */
  #sliceEndsAt = Number.NEGATIVE_INFINITY;
  #start: Started;
  readonly #issuedAt: number;
  readonly #startedAt = calendarMs();
  readonly #span: InferenceSpan;
  /** Where it is for a reader. */
  readonly #chat: InferenceInChat | undefined;
  readonly #tokens = new TokenClock();
  readonly #counts = new TokenCounts();
  #served: ServerFacts | undefined;
  #evaluationBegunAt: number | undefined;
  #evaluating = false;
  /** Something came out of it that its token count may not hold. */
  #generated = false;

  constructor(host: InferenceHost, start: InferenceStart | IssuedStart) {
    this.#host = host;
    this.clock = host.clock;
    this.diagnostics = host.diagnostics;
    this.#start = startedWith(start);
    const { model, operation } = this.#start;
    if (namesNoOperation(start)) this.diagnostics.fault("adapter", "starting an inference", noSuchOperation());
    this.#issuedAt = host.clock.now();
    const request = requestScopes().getStore();
    this.requestId = request?.requestId;
    const isForReader = generates(operation) && (forReader(start) ?? !isHelping());
    // what begins after the close belongs to what the request left behind
    if (request?.closed === false && isForReader) {
      request.chat = true;
      this.#request = request;
    }
    this.#span = new InferenceSpan(this.#start, host);
    const readReasoning = reasoningReaderOf(start);
    if (readReasoning !== undefined) {
      this.#counts.reasoningSoFar = () =>
        this.diagnostics.guard("adapter", "reading the thoughts so far", readReasoning);
    }
    host.began(model, operation, this);
    if (isForReader) this.#chat = host.chats.issued(request, this, this.#issuedAt);
  }

  get model(): string {
    return this.#start.model;
  }

  get provider(): string {
    return this.#start.provider;
  }

  get span(): Span {
    return this.#span.span;
  }

  /** Read when somebody asks: the app's tracing may be at fault. */
  get traceId(): string | undefined {
    return referenceTo(this.span, this.diagnostics)?.traceId;
  }

  get capturesContent(): boolean {
    return this.#span.capturesContent;
  }

  get evaluating(): boolean {
    return this.#evaluating;
  }

  get queueIsSeen(): boolean {
    return this.#start.kind !== "client";
  }

  get generates(): boolean {
    return generates(this.#start.operation);
  }

  get issuedAt(): number {
    return this.#issuedAt;
  }

  get counts(): CountsSoFar {
    return this.#counts;
  }

  get gapsSoFar(): GapsSoFar | undefined {
    return this.#tokens.gapsSoFar;
  }

  get outputTokens(): number {
    return this.#tokens.count;
  }

  get firstTokenAt(): number | undefined {
    return this.#tokens.firstAt;
  }

  get lastTokenAt(): number | undefined {
    return this.#tokens.lastAt;
  }

  run<Result>(action: () => Result): Result {
    return runIn(
      () => activeContextWith(this.span),
      action,
      (error) => this.diagnostics.fault("tracer", "activating an inference's span", error),
    );
  }

  evaluationBegun(): void {
    if (this.ended || this.#evaluationBegunAt !== undefined || this.#generated) return;
    this.#evaluating = true;
    this.#evaluationBegunAt = this.clock.now();
    this.#chat?.evaluating(true, this.#evaluationBegunAt);
  }

  promptTokens(evaluated: number, cached?: number): void {
    if (!this.ended) this.#counts.prompt(evaluated, cached);
  }

  prefilled(tokens: number): void {
    if (this.ended) return;
    this.#counts.prefilled(tokens);
    if (isCount(tokens) && tokens > 0) this.#evaluates();
  }

  firstToken(): void {
    if (this.ended || this.#tokens.firstAt !== undefined) return;
    const now = this.clock.now();
    this.#tokens.firstAt = now;
    this.#firstTokenCame(now);
  }

  outputCame(): void {
    if (this.ended) return;
    const isFirst = this.#tokens.firstAt === undefined;
    const now = this.clock.now();
    this.#tokens.output(now);
    if (isFirst) this.#firstTokenCame(now);
  }

  served(facts: ServerFacts): void {
    if (this.ended) return;
    const given = serverFactsOf(facts);
    this.#rename(given);
    if (given.requestedModel !== undefined) this.#span.requested(this.#start.operation, given.requestedModel);
    this.#served = Object.assign(this.#served ?? {}, given);
  }

  /** What was counted for one model stays there: the name is settled before. */
  #rename({ countsAs = this.model, provider = this.provider }: ServerFacts): void {
    const from = this.model;
    if (countsAs === from && provider === this.provider) return;
    if (this.#tokens.firstAt !== undefined || this.#counts.promptTokens !== undefined) return;
    this.#start = { ...this.#start, model: countsAs, provider };
    this.#host.renamed(from, countsAs, this.#start.operation, this);
    this.#chat?.renamed();
  }

  toolsCalled(count: number): void {
    if (this.ended || !isCount(count) || count < 1) return;
    this.#counts.toolCalls = added(this.#counts.toolCalls, count);
    this.#outputs();
  }

  tokenAsked(): void {
    if (!this.ended) this.#tokens.asked(this.clock.now());
  }

  token(count = 1): void {
    if (this.ended || !isCount(count) || count < 1) return;
    const isFirst = this.#tokens.firstAt === undefined;
    const now = this.clock.now();
    if (now >= this.#sliceEndsAt) this.#sliceEndsAt = now + this.#host.chats.moveOn();
    this.#tokens.came(now, count);
    if (isFirst) this.#firstTokenCame(now);
  }

  reasoningTokens(count: number): void {
    if (this.ended) return;
    this.#counts.reasoning(count);
    if (isCount(count) && count > 0) this.#outputs();
  }

  undeliveredTokens(count: number): void {
    if (!this.ended) this.#counts.undelivered(count);
  }

  contextShift(): void {
    if (this.ended) return;
    this.#evaluates();
    this.#counts.shifted();
    this.#span.contextShifted();
  }

  speculativeTokens(tokens: SpeculativeTokens): void {
    if (!this.ended) this.#counts.speculated(tokens);
  }

  dimensions(length: number): void {
    if (!this.ended && isCount(length) && length > 0) this.#counts.dimensions = length;
  }

  startTool(given: ToolStart): ToolHandle {
    const start = toolStartOf(given);
    if (!this.ended) {
      this.#counts.toolCalls = (this.#counts.toolCalls ?? 0) + 1;
      this.#outputs();
    }
    this.#host.toolBegan(this.model, start.name);
    this.#chat?.toolBegan();
    return new ToolCall(this, start);
  }

  toolEnded(record: ToolRecord): void {
    this.#host.toolEnded(record);
    this.#chat?.toolEnded();
  }

  input(messages: readonly Message[], instructions?: string): void {
    if (!this.ended) this.#span.input(messages, instructions);
  }

  output(messages: readonly Message[]): void {
    if (!this.ended) this.#span.output(messages);
  }

  end(finishReason: FinishReason, usage?: Usage): void {
    const reason = finishReasonOf(finishReason);
    // whoever tells no error knows of none but the engine's
    this.#finish(reason, usageOf(usage), reason.unified === "error" ? "engine_error" : undefined);
  }

  abort(raw?: string, usage?: Usage): void {
    this.#finish(finishReasonOf({ unified: "aborted", raw }), usageOf(usage));
  }

  fail(error: unknown, type?: string, usage?: Usage): void {
    this.#finish(finishReasonOf({ unified: "error" }), usageOf(usage), failureTypeOf(type) ?? errorName(error));
  }

  /** The model answers, so that it left the queue, by now: nobody said when, and no time in the queue is claimed. */
  #outputs(now?: number): void {
    this.#evaluating = true;
    this.#generated = true;
    this.#chat?.answering(now);
  }

  /** It left the queue, by now. */
  #evaluates(): void {
    this.#evaluating = true;
    this.#chat?.evaluating(false);
  }

  #firstTokenCame(now: number): void {
    this.#outputs(now);
    this.#chat?.firstToken(now);
    this.#span.promptEvaluated(this.#counts.promptTokens, this.#counts.cachedPromptTokens);
    if (this.#request === undefined) return;
    this.#wait = firstTokenCame(this.#request, this.clock, this.#issuedAt, now);
    const waitedMs = this.#wait?.requestFirstTokenMs;
    if (waitedMs === undefined) return;
    const { model, operation } = this.#start;
    this.#host.requestFirstToken(model, operation, waitedMs, referenceTo(this.span, this.diagnostics));
  }

  #finish(finishReason: FinishReason, usage: Usage | undefined, failureType?: string): void {
    if (this.ended) return;
    this.ended = true;
    this.aborted = finishReason.unified === "aborted";
    this.#host.ending(this);
    const now = this.clock.now();
    const record = this.#recordOf(finishReason, usage, failureType, now);
    this.#span.end(record);
    this.#host.ended(this.model, this, record);
    this.#chat?.ended(record, now);
  }

  #recordOf(
    finishReason: FinishReason,
    usage: Usage | undefined,
    failureType: string | undefined,
    now: number,
  ): InferenceRecord {
    const { model, operation, provider, parameters, kind, sent } = this.#start;
    const record: UnfinishedRecord = {
      model,
      operation,
      provider,
      parameters,
      kind,
      finishReason,
      startedAt: calendarTime(this.#startedAt),
    };
    durationsOf(this.#moments(now), record);
    if (sent !== undefined) Object.assign(record, sent);
    if (this.#served !== undefined) addServed(this.#served, record);
    const counted = this.#countedTokens();
    const tokens = usage?.outputTokens ?? counted ?? 0;
    const timePerOutputTokenMs = timePerOutputToken(tokens, record);
    if (timePerOutputTokenMs !== undefined) record.timePerOutputTokenMs = timePerOutputTokenMs;
    this.#counts.read(counted, record);
    if (usage !== undefined) Object.assign(record, usage);
    const tokensPerSecond = decodeRate(tokens, record.decodeMs);
    if (tokensPerSecond !== undefined) record.tokensPerSecond = tokensPerSecond;
    const tokenGaps = this.#tokens.gaps();
    if (tokenGaps !== undefined) record.tokenGaps = tokenGaps;
    if (this.eventLoopDelayMs !== undefined) record.eventLoopDelayMs = this.eventLoopDelayMs;
    if (this.#wait !== undefined) Object.assign(record, this.#wait);
    const { objectives } = this.#host;
    const slo = objectives === undefined ? undefined : judge(objectives, record, this.#judgedWait(objectives));
    if (slo !== undefined) record.slo = slo;
    if (failureType !== undefined) record.failure = Object.freeze({ type: failureType });
    if (this.requestId !== undefined) record.requestId = this.requestId;
    this.#span.addIds(record);
    return Object.freeze(record);
  }

  #judgedWait({ requestFirstTokenMs }: Objectives): JudgedWait | undefined {
    if (this.#request === undefined || requestFirstTokenMs === undefined) return undefined;
    return judgedWait(this.#request, this.clock, this.#wait);
  }

  #moments(ended: number): Moments {
    return {
      issued: this.#issuedAt,
      evaluationBegun: this.#evaluationBegunAt,
      firstToken: this.#tokens.firstAt,
      lastToken: this.#tokens.lastAt,
      ended,
    };
  }

  #countedTokens(): number | undefined {
    const { count } = this.#tokens;
    // 0 is known where somebody reported that the engine took it up, and nothing came: who reports prefilled tokens alone may count no others
    const tookUp = this.#evaluationBegunAt !== undefined && !this.#generated;
    return count > 0 || (generates(this.#start.operation) && tookUp) ? count : undefined;
  }
}

function noSuchOperation(): AiwatchError {
  const message = `the operation of startInference() is none of ${operations.join(", ")}: the inference is counted as chat`;
  return new AiwatchError("AIWATCH_INVALID_ARGUMENT", message);
}
