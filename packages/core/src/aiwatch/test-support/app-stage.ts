import type { AdmissionEntry } from "../../admission/entry.ts";
import type { AdmissionOutcome } from "../../catalogue/values.ts";
import { generates, type Operation } from "../../catalogue/values.ts";
import type { InferenceHandle } from "../../inference/inference-handle.ts";
import type { ToolRecord } from "../../inference/record.ts";
import type { ToolHandle } from "../../inference/tool-handle.ts";
import { complete, type RequestEnding } from "../../request/ending.ts";
import type { ExchangeBinding, ExchangeOwner, FrameworkView } from "../../request/exchange.ts";
import { ObservedRequest } from "../../request/observed-request.ts";
import { createTestAiwatch, fakeClock } from "../../testing/index.ts";
import { hostOf } from "../aiwatch.ts";
import { type AppStep, type Finish, finishes } from "./app-plays.ts";

/** A transport that ends when it is told to. */
class PlayedExchange implements ExchangeBinding {
  readonly method = "GET";
  readonly scheme = "http";
  readonly protocolVersion = "1.1";
  readonly headers = {};
  owner: ExchangeOwner | undefined;

  claim(): boolean {
    return true;
  }

  answerName(): undefined {}

  nameAnswer(): void {}

  joinLog(): undefined {}

  watchEnd(owner: ExchangeOwner): void {
    this.owner = owner;
  }

  keepScope(): void {}
}

const view: FrameworkView = { request: {}, url: "/chat", mountedUrl: "/chat", routeOf: () => "/chat" };

interface PlayedRequest {
  readonly request: ObservedRequest;
  readonly exchange: PlayedExchange;
  ending?: RequestEnding;
  hasToken: boolean;
}

interface PlayedEntry {
  readonly handle: AdmissionEntry;
  /** The request that it ends with, and whose chat it is of. */
  readonly of: PlayedRequest | undefined;
  outcome?: AdmissionOutcome;
}

interface PlayedInference {
  readonly handle: InferenceHandle;
  readonly isGenerating: boolean;
  /** Whether a reader waits for its tokens. */
  readonly isRead: boolean;
  /** That it began in while it was open. */
  readonly of: PlayedRequest | undefined;
  hasToken: boolean;
  finish?: Finish;
}

/** An app, and beside it what happened, from which every figure could be told anew. */
export class AppStage {
  readonly clock = fakeClock(1000);
  readonly toolRecords: ToolRecord[] = [];
  readonly test;
  readonly requests: PlayedRequest[] = [];
  readonly entries: PlayedEntry[] = [];
  readonly inferences: PlayedInference[] = [];
  readonly #tools: ToolHandle[] = [];
  readonly #admission;
  readonly #door;

  constructor() {
    const observers = [{ name: "tools", toolEnded: (record: ToolRecord) => void this.toolRecords.push(record) }];
    this.test = createTestAiwatch({ clock: this.clock, observers });
    const { aiwatch } = this.test;
    this.#admission = aiwatch.admission({ queue: "line", order: "fifo" });
    this.#door = {
      aiwatch: hostOf(aiwatch),
      outsideParents: "trust" as const,
      routeOf: () => "/chat",
      userOf: () => undefined,
      reportActivation: () => undefined,
    };
  }

  play(step: AppStep): void {
    if (step.does === "wait") this.clock.advance(step.ms);
    else if (step.does === "arrive") this.#arrive();
    else if (step.does === "close") this.#close(this.requests[step.request], step.ending);
    else if (step.does === "enter") this.#enter(this.requests[step.request], step.outlives);
    else if (step.does === "leave") this.#leave(this.entries[step.entry], step.outcome);
    else if (step.does === "issue") this.#issue(this.requests[step.request], step);
    else if (step.does === "toolEnds") this.#tools[step.tool]?.end();
    else if ("inference" in step) this.#tell(this.inferences[step.inference], step.does);
  }

  /** Ends all that goes on. */
  endAll(): void {
    for (const tool of this.#tools) tool.end();
    for (const inference of this.inferences) this.#tell(inference, "end");
    for (const request of this.requests) this.#close(request, complete(200, true));
    for (const entry of this.entries) this.#leave(entry, "left");
  }

  /** Those that a chat is of: requests, and inferences for themselves. */
  get chats(): { readonly begun: number; readonly ended: number } {
    const parts = new Map<object, PlayedInference[]>();
    for (const { of } of this.entries) if (of !== undefined) parts.set(of, []);
    for (const each of this.inferences.filter(({ isRead }) => isRead)) {
      const chat = each.of ?? each;
      parts.set(chat, [...(parts.get(chat) ?? []), each]);
    }
    const isOver = ([chat, inferences]: [object, PlayedInference[]]) =>
      (!("exchange" in chat) || (chat as PlayedRequest).ending !== undefined) &&
      inferences.every(({ finish }) => finish !== undefined);
    return { begun: parts.size, ended: [...parts].filter(isOver).length };
  }

  #arrive(): void {
    const exchange = new PlayedExchange();
    const request = new ObservedRequest(this.#door, exchange, view, "/chat");
    this.requests.push({ request, exchange, hasToken: false });
  }

  /** Its transport says once that it is over. */
  #close(played: PlayedRequest | undefined, ending: RequestEnding): void {
    if (played === undefined || played.ending !== undefined) return;
    played.exchange.owner?.ended(ending);
    played.ending = ending;
    for (const entry of this.entries) if (entry.of === played) entry.outcome ??= "left";
  }

  #enter(played: PlayedRequest | undefined, outlivesRequest: boolean): void {
    const enter = () => this.#admission.enter({ outlivesRequest });
    const isOpen = played !== undefined && played.ending === undefined && !outlivesRequest;
    this.entries.push({ handle: runIn(played, enter), of: isOpen ? played : undefined });
  }

  #leave(played: PlayedEntry | undefined, outcome: AdmissionOutcome): void {
    if (played === undefined) return;
    played.handle[outcome]();
    played.outcome ??= outcome;
  }

  #issue(
    played: PlayedRequest | undefined,
    start: { readonly operation: Operation; readonly forReader: boolean },
  ): void {
    const handle = runIn(played, () => this.test.aiwatch.startInference({ ...start, model: "tiny" }));
    const isGenerating = generates(start.operation);
    const of = played?.ending === undefined ? played : undefined;
    this.inferences.push({ handle, isGenerating, isRead: isGenerating && start.forReader, of, hasToken: false });
  }

  #tell(played: PlayedInference | undefined, does: Extract<AppStep, { readonly inference: number }>["does"]): void {
    if (played === undefined) return;
    const { handle } = played;
    if (does === "toolBegins") this.#tools.push(handle.startTool({ name: "weather" }));
    else if (does === "fail") handle.fail(new Error("x"), "engine_error");
    else if (does === "end") handle.end({ unified: "stop" });
    else handle[does]();
    if (played.finish !== undefined) return;
    const finish = finishes.find((each) => each === does);
    if (finish !== undefined) played.finish = finish;
    else if (does === "token" || does === "firstToken") noteToken(played);
  }
}

function noteToken(played: PlayedInference): void {
  played.hasToken = true;
  if (played.isRead && played.of !== undefined && played.of.ending === undefined) played.of.hasToken = true;
}

function runIn<Result>(played: PlayedRequest | undefined, action: () => Result): Result {
  return played === undefined ? action() : played.request.enter(action);
}
