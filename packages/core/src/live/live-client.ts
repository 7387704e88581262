import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { type Clock, elapsedMs } from "../base/time.ts";
import { isGone } from "../routes/reader.ts";
import type { Moment, View } from "./moment.ts";

/** Milliseconds: a reader for whom something has waited so long is cut off. */
export const patienceMs = 30_000;

/** A browser that was cut off comes again after two seconds. */
const beginning = Buffer.from("retry: 2000\n\n");
const comment = Buffer.from(":\n\n");

/** One stream, and what its reader has seen. No more than one event waits for a slow reader. */
export class LiveClient {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #isKnown: boolean;
  readonly #clock: Clock;
  readonly #server: { readonly listening?: boolean } | undefined;
  /** What the next tick begins from; undefined where the next event is to be a whole summary. */
  #shown: View | undefined;
  #hasBegun = false;
  #fullSince: number | undefined;

  /** @param isKnown whether its reader is told more of the chats than phases and times */
  constructor(req: IncomingMessage, res: ServerResponse, isKnown: boolean, clock: Clock) {
    this.#req = req;
    this.#res = res;
    this.#isKnown = isKnown;
    this.#clock = clock;
    this.#server = listeningServer(req);
  }

  /** Calls `gone` when the stream is closed, whoever closed it. */
  onceGone(gone: () => void): void {
    this.#res.once("close", gone);
  }

  /** Whether nobody reads it any longer. Node 20 closes no answer whose turn on its connection has not come. */
  get isGone(): boolean {
    const { stream }: { readonly stream?: { readonly destroyed?: boolean } } = this.#res as never;
    return stream?.destroyed === true || isGone(this.#req, this.#res);
  }

  /** Whether its server was closed meanwhile, which waits for it. */
  get isHoldingUp(): boolean {
    return this.#server?.listening === false;
  }

  /** Answers with the head and the first event. */
  begin(moment: Moment): void {
    const res = this.#res;
    this.#hasBegun = true;
    res.statusCode = 200;
    res.setHeader("content-type", "text/event-stream; charset=utf-8");
    // what compresses answers would hold events back
    res.setHeader("cache-control", "no-store, no-transform");
    res.setHeader("x-accel-buffering", "no");
    // nobody waits for a connection that stays open behind it
    res.shouldKeepAlive = false;
    if (this.#req.method === "HEAD") return void res.end();
    res.write(beginning);
    this.#show(moment.view(this.#isKnown));
    // what has no connection is answered as a whole: the reader comes again after two seconds
    if (!(this.#req.socket instanceof Socket)) res.end();
  }

  /**
   * @param moment undefined where nothing could be collected
   * @param isDue whether something is to be written in any case
   */
  tell(moment: Moment | undefined, isDue: boolean): void {
    if (!this.#hasBegun) return;
    if (this.#isFull) return void this.#wait();
    this.#fullSince = undefined;
    if (moment !== undefined) this.#tell(moment.view(this.#isKnown), isDue);
    else if (isDue) this.#res.write(comment);
  }

  /** Ends the stream, after one more tick where there is something to say. One that has not begun is left alone. */
  end(last: Moment | undefined): void {
    if (!this.#hasBegun) return;
    if (this.#isFull) return void this.cutOff();
    const tick = this.#shown && last?.view(this.#isKnown).tickSince(this.#shown);
    if (tick !== undefined) this.#res.write(tick.bytes);
    this.#res.end();
  }

  /** Closes the connection, also of an answer whose turn on it has not come. */
  cutOff(): void {
    const { socket } = this.#res;
    this.#res.destroy();
    if (socket === null) this.#req.socket.destroy();
  }

  #tell(view: View, isDue: boolean): void {
    const tick = this.#shown && view.tickSince(this.#shown);
    if (tick === undefined) return void this.#show(view);
    if (!tick.hasNews && !isDue) return;
    this.#res.write(tick.bytes);
    this.#shown = view;
  }

  #show(view: View): void {
    this.#res.write(view.whole);
    this.#shown = view;
  }

  /** What is skipped is made up for by a whole summary. */
  #wait(): void {
    this.#shown = undefined;
    const now = this.#clock.now();
    this.#fullSince ??= now;
    if ((elapsedMs(this.#fullSince, now) ?? 0) >= patienceMs) this.cutOff();
  }

  /** Whether something still waits: the kernel takes what a reader takes in time at once. */
  get #isFull(): boolean {
    return this.#res.writableLength > 0;
  }
}

/** The server of a connection, where it listens: one that is handed its connections by the app may never do so. */
function listeningServer({ socket }: IncomingMessage): { readonly listening?: boolean } | undefined {
  try {
    const { server }: { readonly server?: { readonly listening?: boolean } } = socket as never;
    return server?.listening === true ? server : undefined;
  } catch {
    // a session of HTTP/2 that is gone says so by an error
    return undefined;
  }
}
