import type { InferenceHandle, Message, ServerFacts } from "@aiwatch/core";
import { type AdapterHost, isObject, valueAt } from "@aiwatch/core/adapter";
import type { Api } from "../request/apis.ts";
import { EventScanner, latin1, parseLatin1, type StreamFormat } from "../scan/event-scanner.ts";
import { WholeText } from "../scan/whole-text.ts";
import { AnswerText } from "./content.ts";
import { Figures, listAt } from "./figures.ts";

/** What the reading of an answer begins with. */
export interface ReadingStart {
  readonly host: AdapterHost;
  readonly inference: InferenceHandle;
  readonly api: Api;
  /** How it streams; undefined for an answer in one piece. */
  readonly format: StreamFormat | undefined;
  /** The provider that the head shows. */
  readonly provider: string | undefined;
  /** How many choices were asked for. */
  readonly choices: number;
  /** Whether it answers several prompts. */
  readonly hasPrompts: boolean;
  /** Whether we asked for the usage, and the app does not get the event that holds it alone. */
  readonly hidesUsage: boolean;
  /** Called when the answer has said something more of its server. */
  readonly served: (figures: Figures) => ServerFacts;
}

/** A part of a chunk that is handed over by itself: an event, or what there is of one. */
export interface Piece {
  /** Behind its last byte, in the chunk. */
  readonly end: number;
  /** Whether it holds output. */
  readonly isSpoken: boolean;
  /** Whether the answer has told by this piece how it ends. */
  readonly tellsEnd: boolean;
  /** Whether nothing follows it that tells more. */
  readonly isLast: boolean;
  /** Whether the app did not ask for it. */
  readonly isHidden: boolean;
}

const sentinel = "[DONE]";

const beginsEvents = /^\s*(?:data|event|id|retry)?:/;

/** Reads the bytes of an answer as they pass: what it tells becomes figures, and output is reported as it comes. It keeps nothing of what it says. */
export class AnswerReader {
  readonly figures: Figures;
  /** Events with output so far. */
  spoken = 0;
  readonly #start: ReadingStart;
  #scanner: EventScanner | undefined;
  #whole: WholeText | undefined;
  #isOpen = false;
  /** Where the app wants its text. */
  readonly #text: AnswerText | undefined;
  /** The events of the chunk that is read now. */
  #pieces: Piece[] = [];
  #isBegun = false;
  #isFaulty = false;
  /** What of the server was told on. */
  #served = "";

  constructor(start: ReadingStart) {
    this.#start = start;
    this.figures = new Figures(start.choices, start.hasPrompts);
    this.figures.provider = start.provider;
    if (start.inference.capturesContent) this.#text = new AnswerText();
    this.#readAs(start.format);
  }

  #readAs(format: StreamFormat | undefined): void {
    this.#whole = format === undefined ? new WholeText() : undefined;
    this.#scanner = format === undefined ? undefined : new EventScanner(format, this.#event, this.#tooLong);
  }

  /** Whether it streams. */
  get streams(): boolean {
    return this.#scanner !== undefined;
  }

  /** @returns the pieces to hand over one by one; none where the chunk is one piece */
  read(chunk: Uint8Array): readonly Piece[] {
    this.#pieces = [];
    if (!this.#isOpen) this.#open(latin1(chunk.subarray(0, 64)));
    this.#whole?.read(chunk);
    this.#scanner?.read(chunk);
    return this.#pieces;
  }

  /** Proxies, and servers, name another type than they send: its beginning shows what it is. */
  #open(text: string): void {
    this.#isOpen = true;
    const { format } = this.#start;
    if (format === undefined && beginsEvents.test(text)) this.#readAs("events");
    if (format === "events" && /^\s*\{/.test(text)) this.#readAs(undefined);
  }

  /** The body ended. */
  closed(): void {
    this.#scanner?.end();
    if (this.#whole === undefined) return;
    this.figures.isWhole = true;
    const answer = this.#whole.json();
    if (isObject(answer)) {
      this.#take(answer);
      return;
    }
    this.figures.failure = "cut";
    if (!this.#whole.isEmpty) this.#fault(new SyntaxError("the answer is no JSON"));
  }

  /** Its text, where the app wants it. */
  get messages(): readonly Message[] {
    return this.#text?.messages(this.figures.finish?.unified) ?? [];
  }

  /** An error answer's body, as far as it came. */
  get errorBody(): unknown {
    return this.#whole?.json();
  }

  readonly #tooLong = (): void => this.#fault(new RangeError("a line is too long"));

  readonly #event = (data: string, end: number): void => {
    const event = this.#toldBy(data);
    const isSpoken = this.#start.api.spoken.test(data);
    if (isSpoken) this.spoken += 1;
    this.#reportOutput(isSpoken, event);
    const { figures } = this;
    this.#pieces.push({
      end,
      isSpoken,
      tellsEnd: figures.hasEnded,
      isLast: figures.isOver || figures.failure !== undefined,
      isHidden: this.#start.hidesUsage && isUsageAlone(event),
    });
  };

  /** Reads an event that tells more than output; the first one tells who answers. */
  #toldBy(data: string): object | undefined {
    if (data === sentinel) this.figures.isOver = true;
    if (data === sentinel || (this.#isBegun && !this.#isRead(data))) return undefined;
    const event = parseLatin1(data);
    if (isObject(event)) this.#take(event);
    // llama-server begins a stream of several prompts with null
    else if (event === undefined) this.#fault(new SyntaxError("an event is no JSON"));
    return isObject(event) ? event : undefined;
  }

  #isRead(data: string): boolean {
    return this.#text !== undefined || this.#start.api.telling.test(data);
  }

  #take(event: object): void {
    const { api, inference, served } = this.#start;
    const { figures } = this;
    this.#isBegun = true;
    api.read(event, figures);
    this.#text?.add(event);
    figures.provider ??= api.provider;
    const now = `${figures.provider} ${figures.model} ${figures.id}`;
    if (now === this.#served) return;
    this.#served = now;
    inference.served(served(figures));
  }

  /** Tokens are counted as they come only where the server counts them. */
  #reportOutput(isSpoken: boolean, event: object | undefined): void {
    const { figures } = this;
    const { inference } = this.#start;
    const isTimed = event !== undefined && isObject(valueAt(event, "timings"));
    const more = isTimed && (isSpoken || figures.isLive) ? figures.moreTokens() : 0;
    if (more > 0) inference.token(more);
    else if (isSpoken) inference.outputCame();
  }

  /** The server's fault, not ours. One of an answer is enough: it may be of thousands of events. */
  #fault(error: Error): void {
    if (this.#isFaulty) return;
    this.#isFaulty = true;
    this.#start.host.diagnostics.outside("adapter", "reading an answer", error);
  }
}

/** Whether an event holds nothing but a usage. */
function isUsageAlone(event: object | undefined): boolean {
  if (event === undefined || !isObject(valueAt(event, "usage"))) return false;
  return Array.isArray(valueAt(event, "choices")) && listAt(event, "choices").length === 0;
}
