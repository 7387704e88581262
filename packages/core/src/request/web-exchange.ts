import type { IncomingMessage, ServerResponse } from "node:http";
import { type CollectionTie, CollectionWatch } from "../base/collection.ts";
import { setImmediate } from "../base/time.ts";
import { brokenOff, complete, leftByClient, type RequestEnding } from "./ending.ts";
import type { ExchangeBinding, ExchangeOwner } from "./exchange.ts";
import { claim } from "./mark.ts";
import { type WebPair, webPair } from "./web-pair.ts";

/** A stream that is thrown away unread never ends by itself. */
const unread = new CollectionWatch<WebExchange>((exchange) => exchange.end(leftByClient(false)));

/**
 * A web request whose handler returns a response, where no pair of Node's can be reached: on Bun, and of an app that is called in memory. It is
 * over when the answer's body was read to its end, was cancelled, or broke. A body that is no stream is at its end at once.
 */
export class WebExchange implements ExchangeBinding {
  readonly #request: Request;
  #headers: Record<string, string> | undefined = undefined;
  #pair: WebPair | undefined = undefined;
  #owner: ExchangeOwner | undefined = undefined;
  #requestId: string | undefined = undefined;
  #tie: CollectionTie | undefined = undefined;
  #isAnswered = false;
  #isRead = false;
  #isOver = false;

  constructor(request: Request) {
    this.#request = request;
  }

  claim(instruments: readonly object[]): boolean {
    return claim(this.#request, { observedBy: [] }, instruments);
  }

  get method(): string {
    return this.#request.method;
  }

  get scheme(): "http" | "https" {
    return this.#request.url.startsWith("https:") ? "https" : "http";
  }

  get protocolVersion(): undefined {
    return undefined;
  }

  get headers(): Record<string, string> {
    this.#headers ??= Object.fromEntries(this.#request.headers);
    return this.#headers;
  }

  /** The client's address, where the runtime says it. */
  get address(): string | undefined {
    return undefined;
  }

  get req(): IncomingMessage {
    return this.#pairOf().req;
  }

  get res(): ServerResponse {
    return this.#pairOf().res;
  }

  #pairOf(): WebPair {
    this.#pair ??= webPair(this.#request, this.headers, this.address);
    return this.#pair;
  }

  answerName(): string | undefined {
    return undefined;
  }

  nameAnswer(requestId: string): void {
    this.#requestId = requestId;
  }

  joinLog(): undefined {
    return undefined;
  }

  watchEnd(owner: ExchangeOwner): void {
    this.#owner = owner;
    this.#request.signal.addEventListener("abort", this.#aborted);
  }

  /** The wrapped body does it: see `answered`. */
  keepScope(): void {}

  /** The handler threw, past the framework: its runtime answers. */
  failed(): void {
    this.end(complete(500, false));
  }

  /** What our own route has answered. */
  ownAnswer(): Response {
    const response = this.#pairOf().response();
    this.end(complete(response.status, true));
    return response;
  }

  /**
   * The handler has its answer, which is not sent yet.
   * @returns the answer to send: the same one, but where its body is a stream, which is watched, or its headers cannot be changed
   * @throws what a response throws that cannot be copied; it is the answer then, and at its end
   */
  answered(response: Response): Response {
    const owner = this.#owner;
    if (owner === undefined || this.#isOver) return response;
    this.#isAnswered = true;
    try {
      return this.#watch(response, owner);
    } catch (error) {
      this.end(complete(response.status, true));
      throw error;
    }
  }

  #watch(response: Response, owner: ExchangeOwner): Response {
    const named = this.#named(response);
    const body = this.method === "HEAD" ? undefined : streamOf(named);
    if (body !== undefined && !body.locked) return withBody(named, this.#watched(body, owner, named.status));
    this.end(complete(named.status, true));
    return named;
  }

  end(ending: RequestEnding): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tie?.release();
    this.#request.signal.removeEventListener("abort", this.#aborted);
    this.#owner?.ended(ending);
  }

  /**
   * An abort alone does not say that the client is gone: runtimes abort for errors of the app's own stream, too, and one does so after each answer.
   * Before there is an answer it is the client; afterwards a body that is read says it, and one that is not even begun will never be.
   */
  readonly #aborted = (): void => {
    if (!this.#isAnswered) this.end(leftByClient(false));
    else setImmediate(() => !this.#isRead && this.end(leftByClient(false)));
  };

  #named(response: Response): Response {
    const requestId = this.#requestId;
    // that of an error has no status, and no copy
    const cannotBeNamed = requestId === undefined || response.status < 200;
    if (cannotBeNamed || response.headers.has("x-request-id")) return response;
    try {
      response.headers.set("x-request-id", requestId);
      return response;
    } catch {
      // that of a redirect, or of a fetch
      const copy = withBody(response, response.body);
      copy.headers.set("x-request-id", requestId);
      return copy;
    }
  }

  /** The body, whose reads run inside the request's scope. Nothing is read ahead. */
  #watched(body: ReadableStream, owner: ExchangeOwner, status: number): ReadableStream {
    const reader = body.getReader();
    const read = async (controller: ReadableStreamDefaultController): Promise<void> => {
      this.#isRead = true;
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        this.end(complete(status, true));
        controller.close();
      } catch (error) {
        this.end(brokenOff(status, true));
        controller.error(error);
      }
    };
    const cancel = (reason: unknown): Promise<void> => {
      this.end(leftByClient(true));
      return owner.enter(() => reader.cancel(reason));
    };
    const source = { pull: (into: ReadableStreamDefaultController) => owner.enter(() => read(into)), cancel };
    const watched = new ReadableStream(source, { highWaterMark: 0 });
    this.#tie = unread.watch(watched, this);
    return watched;
  }
}

function withBody(response: Response, body: ReadableStream | null): Response {
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}

/**
 * The stream that an answer is read from. To ask a fixed body for its stream changes the answer: `@hono/node-server`, which keeps under a symbol
 * what it makes answers of, leaves its fast path, and Bun sends another content type. Where neither tells, every body may be a stream.
 * @returns undefined where the body is fixed, or there is none
 */
export function streamOf(response: Response): ReadableStream | undefined {
  const cacheKey = Object.getOwnPropertySymbols(response).find(({ description }) => description === "cache");
  const cached: unknown = cacheKey && Reflect.get(response, cacheKey);
  if (Array.isArray(cached)) return cached.find((part) => part instanceof ReadableStream);
  return isFixedOnBun(response) ? undefined : (response.body ?? undefined);
}

/** Bun tells by its own way to show a response alone. */
function isFixedOnBun(response: Response): boolean {
  const bun: unknown = Reflect.get(globalThis, "Bun");
  if (typeof bun !== "object" || bun === null || !("inspect" in bun) || typeof bun.inspect !== "function") return false;
  return !/^ {2}ReadableStream \{/m.test(bun.inspect(response));
}
