import type { ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import { setImmediate } from "../base/time.ts";
import { isOfNetwork } from "./connection.ts";
import { brokenOff, complete, leftByClient, type RequestEnding } from "./ending.ts";
import type { ExchangeOwner } from "./exchange.ts";
import { type EventWatcher, watchEvents } from "./watch-events.ts";

const events: ReadonlySet<unknown> = new Set(["end", "close"]);

/** Waits for the end of an exchange of HTTP/2. Its response says `finish` and `close` of every stream that ends, however it does. */
export class Http2End implements EventWatcher {
  readonly #stream: ServerHttp2Stream;
  readonly #res: ServerResponse;
  readonly #owner: ExchangeOwner;
  #isBrokenOff: boolean | undefined;
  #isOver = false;

  constructor(stream: ServerHttp2Stream, res: ServerResponse, owner: ExchangeOwner) {
    this.#stream = stream;
    this.#res = res;
    this.#owner = owner;
  }

  watch(): void {
    const stream = this.#stream;
    // the client was gone before its request came to us
    if (stream.destroyed) {
      setImmediate(() => this.#end());
      return;
    }
    watchEvents(stream, events, this);
    this.#watchCalls("close");
    this.#watchCalls("destroy");
  }

  before(event: unknown): void {
    if (event === "close") this.#end();
  }

  after(event: unknown): void {
    // what was sent is called back in this turn
    if (event === "end" && this.#isStuck()) setImmediate(() => this.#isStuck() && this.#end());
  }

  /** A client reset an answer without an error before it was delivered: Node says `end` then, and never `close`. */
  #isStuck(): boolean {
    const { closed, writableFinished, writableLength } = this.#stream;
    return closed && !writableFinished && writableLength > 0;
  }

  /** A reset looks the same whoever sent it: the server's are told by its calls. */
  #watchCalls(name: "close" | "destroy"): void {
    const call = this.#stream[name] as (...args: unknown[]) => unknown;
    const called = (error: unknown) => {
      this.#isBrokenOff ??= isByServer(this.#stream, error);
    };
    const watched = function (this: ServerHttp2Stream, ...args: unknown[]): unknown {
      called(args[0]);
      return call.apply(this, args);
    };
    Reflect.defineProperty(this.#stream, name, { value: watched, configurable: true, writable: true });
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.ended(this.#ending());
  }

  #ending(): RequestEnding {
    const { writableFinished, aborted, sentHeaders } = this.#stream;
    const sent = Number(sentHeaders?.[":status"] ?? this.#res.statusCode);
    if (writableFinished && !aborted) return complete(sent, true);
    if (this.#isBrokenOff !== true) return leftByClient(true);
    return brokenOff(sentHeaders === undefined ? undefined : sent, true);
  }
}

/** The stream of an HTTP/2 response. @returns undefined for a response of HTTP/1 */
export function http2StreamOf(res: ServerResponse): ServerHttp2Stream | undefined {
  const stream: unknown = "stream" in res ? res.stream : undefined;
  return typeof stream === "object" && stream !== null && "rstCode" in stream
    ? (stream as ServerHttp2Stream)
    : undefined;
}

/** Node itself closes a stream whose client reset it or left, and destroys it for one that breaks the protocol. */
function isByServer(stream: ServerHttp2Stream, error: unknown): boolean {
  const isProtocolError = error instanceof Error && "code" in error && error.code === "ERR_HTTP2_ERROR";
  return !stream.closed && !isProtocolError && !hasClientLeft(stream);
}

function hasClientLeft({ session }: ServerHttp2Stream): boolean {
  try {
    const { destroyed, readableEnded, errored } = session?.socket ?? {};
    return destroyed === true && (readableEnded === true || isOfNetwork(errored));
  } catch {
    // a session without its socket says so by an error
    return true;
  }
}
