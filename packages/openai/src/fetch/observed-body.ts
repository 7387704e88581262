import type { Diagnostics } from "@aiwatch/core";
import { type CollectionTie, CollectionWatch } from "@aiwatch/core/adapter";
import type { Answer } from "../answers/answer.ts";
import type { Piece } from "../answers/answer-reader.ts";
import type { DisturbableBody } from "./observed-response.ts";

/** Answers outlive their bodies here until these are collected, or end. */
const droppable = new CollectionWatch<Answer>((answer) => answer.dropped());

/**
 * The body as the app reads it: a byte stream like the one that `fetch` gave, over that one. It takes nothing before the app asks, holds no
 * more than one chunk, and hands over one event at a time, so that what the app never took is known.
 */
export class ObservedBody implements DisturbableBody {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #bytes: ObservedBytes;

  /**
   * @param source the body that `fetch` gave; it is locked at the first read
   * @param holdsEvents whether the beginning of an event waits for its end, since it may be one that the app does not get
   */
  constructor(source: ReadableStream<Uint8Array>, answer: Answer, diagnostics: Diagnostics, holdsEvents = false) {
    this.#bytes = new ObservedBytes(source, answer, diagnostics, holdsEvents);
    this.stream = new ReadableStream(this.#bytes, { highWaterMark: 0 });
    this.#bytes.tie = droppable.watch(this.stream, answer);
    const bytes = new WeakRef(this.#bytes);
    answer.whenAborted((reason) => bytes.deref()?.abort(reason));
  }

  get isDisturbed(): boolean {
    return this.#bytes.isDisturbed;
  }
}

/** A chunk that is handed over piece by piece. */
interface Remainder {
  readonly chunk: Uint8Array;
  readonly pieces: readonly Piece[];
  /** The next piece, and its first byte. */
  readonly next: number;
  readonly from: number;
}

/** Whether it is a stream of bytes, as that of `fetch` is. It hands the buffers of its chunks over: nobody else has them. */
function isOfBytes(stream: ReadableStream<Uint8Array>): boolean {
  try {
    stream.getReader({ mode: "byob" }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

/** An event that is longer than this is handed over as it comes. */
const maxHeld = 2 ** 20;

class ObservedBytes {
  readonly type = "bytes";
  /** The app may throw the stream away. */
  tie: CollectionTie | undefined;
  readonly #source: ReadableStream<Uint8Array>;
  readonly #answer: Answer;
  readonly #diagnostics: Diagnostics;
  readonly #holdsEvents: boolean;
  isDisturbed = false;
  /** It lives as long as its stream, which the source may outlive: an app that drops the stream is to be seen. */
  #controller: WeakRef<ReadableByteStreamController> | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #ownsChunks = false;
  #rest: Remainder | undefined;
  /** The beginning of an event that waits for its end. */
  #held: Uint8Array | undefined;

  constructor(source: ReadableStream<Uint8Array>, answer: Answer, diagnostics: Diagnostics, holdsEvents: boolean) {
    this.#source = source;
    this.#answer = answer;
    this.#diagnostics = diagnostics;
    this.#holdsEvents = holdsEvents;
  }

  start(controller: ReadableByteStreamController): void {
    this.#controller = new WeakRef(controller);
  }

  /** The call is aborted: the stream breaks at once, as the one that `fetch` gave does, and what was not handed over yet is lost. */
  abort(reason: unknown): void {
    this.tie?.release();
    this.#rest = undefined;
    this.#held = undefined;
    this.#controller?.deref()?.error(reason);
  }

  /** Nothing here is `async`: the app waits for the source's own promise, and one more. */
  pull(controller: ReadableByteStreamController): Promise<void> | undefined {
    this.isDisturbed = true;
    this.#answer.asked();
    return this.#handOver(controller) ? undefined : this.#read(controller);
  }

  cancel(reason: unknown): Promise<void> {
    this.isDisturbed = true;
    this.tie?.release();
    this.#answer.cancelled();
    return (this.#reader ?? this.#source).cancel(reason);
  }

  #read(controller: ReadableByteStreamController): Promise<void> {
    this.#reader ??= this.#open();
    return this.#reader.read().then(
      ({ value }) => this.#came(value, controller),
      (error: unknown) => this.#broke(error, controller),
    );
  }

  #open(): ReadableStreamDefaultReader<Uint8Array> {
    this.#ownsChunks = isOfBytes(this.#source);
    const reader = this.#source.getReader();
    // it may break while nobody reads; what came before is still handed over
    reader.closed.catch((error: unknown) => {
      const controller = this.#controller?.deref();
      if (controller !== undefined && this.#rest === undefined) this.#broke(error, controller);
    });
    return reader;
  }

  #broke(error: unknown, controller: ReadableByteStreamController): void {
    this.tie?.release();
    this.#answer.failed(error);
    controller.error(error);
  }

  #came(chunk: Uint8Array | undefined, controller: ReadableByteStreamController): Promise<void> | undefined {
    if (chunk === undefined) return void this.#close(controller);
    this.#rest = { chunk, pieces: this.#piecesOf(chunk), next: 0, from: 0 };
    return this.#handOver(controller) ? undefined : this.#read(controller);
  }

  #close(controller: ReadableByteStreamController): void {
    this.tie?.release();
    if (this.#held !== undefined) controller.enqueue(this.#held);
    this.#answer.closed();
    controller.close();
    // a reader with a buffer of its own is still waiting
    controller.byobRequest?.respond(0);
  }

  #piecesOf(chunk: Uint8Array): readonly Piece[] {
    return this.#diagnostics.guard("adapter", "reading an answer", () => this.#answer.read(chunk)) ?? [];
  }

  /** @returns false where nothing is left to hand over */
  #handOver(controller: ReadableByteStreamController): boolean {
    while (this.#rest !== undefined) {
      const { chunk, pieces, next, from } = this.#rest;
      const piece = pieces[next];
      const end = piece?.end ?? chunk.length;
      this.#rest = end < chunk.length ? { chunk, pieces, next: next + 1, from: end } : undefined;
      if (end <= from) continue;
      const isWhole = from === 0 && end === chunk.length;
      // a stream of bytes detaches what it is given, and a chunk may be of a buffer that others use, such as Node's pool
      const own = isWhole && this.#ownsChunks ? chunk : new Uint8Array(chunk.subarray(from, end));
      const bytes = this.#joined(own);
      if (piece === undefined && this.#holdsEvents && bytes.length <= maxHeld) this.#held = bytes;
      else if (piece?.isHidden !== true) {
        this.#answer.handed(piece);
        controller.enqueue(bytes);
        return true;
      }
    }
    return false;
  }

  /** With what was held of the event before. */
  #joined(bytes: Uint8Array): Uint8Array {
    if (this.#held === undefined) return bytes;
    const joined = Buffer.concat([this.#held, bytes]);
    this.#held = undefined;
    return new Uint8Array(joined);
  }
}
