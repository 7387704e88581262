import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable, Writable } from "node:stream";

/** Node's pair for one of our own routes, made of a web request. It has as much of the two as the routes use. */
export interface WebPair {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The answer, once it was given. */
  response(): Response;
}

/** @param address the client's, where it is known */
export function webPair(request: Request, headers: object, address: string | undefined): WebPair {
  const body = request.body === null || request.bodyUsed ? Readable.from([]) : Readable.fromWeb(request.body as never);
  const { method, url } = request;
  // whether a body that nobody reads is sent to its end is for the runtime to decide
  const req = Object.assign(body, { method, url, headers, socket: { remoteAddress: address }, complete: true });
  const answer = new WebAnswer();
  return {
    req: req as unknown as IncomingMessage,
    res: answer as unknown as ServerResponse,
    response: () => answer.response(),
  };
}

/** Keeps what is written until it is given as a whole. */
class WebAnswer extends Writable {
  statusCode = 200;
  readonly #headers = new Headers();
  readonly #pieces: Uint8Array[] = [];

  get headersSent(): boolean {
    return this.#pieces.length > 0 || this.writableEnded;
  }

  hasHeader(name: string): boolean {
    return this.#headers.has(name);
  }

  getHeader(name: string): string | undefined {
    return this.#headers.get(name) ?? undefined;
  }

  setHeader(name: string, value: number | string | readonly string[]): void {
    this.#headers.set(name, String(value));
  }

  removeHeader(name: string): void {
    this.#headers.delete(name);
  }

  override _write(piece: Uint8Array, _encoding: string, written: () => void): void {
    this.#pieces.push(piece);
    written();
  }

  /** One that broke off has no answer of ours. */
  response(): Response {
    if (this.destroyed && !this.writableFinished) return new Response(null, { status: 500 });
    const isEmpty = this.#pieces.length === 0;
    return new Response(isEmpty ? null : Buffer.concat(this.#pieces), {
      status: this.statusCode,
      headers: this.#headers,
    });
  }
}
