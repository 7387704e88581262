import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { createGzip, type Gzip } from "node:zlib";
import type { Asked, Dialect } from "./dialects.ts";
import type { Failure, Piece } from "./pieces.ts";

/**
 * Milliseconds after an answer's opening and after each of its first pieces, so that each is read by itself, as on a busy machine: what the table says
 * must not hang on which of them come together.
 */
const paceMs = Number(process.env["TABLE_PACE"] ?? 0);
const pacedPieces = 4;

/** How the bytes of an answer are laid out, whatever they say. */
export interface Layout {
  /** Lines end as on Windows. */
  readonly crlf?: boolean;
  readonly gzip?: boolean;
  /** Every byte is a write of its own. */
  readonly bytewise?: boolean;
  /** Put before all else: a byte-order mark, a comment. */
  readonly prefix?: string;
  /** Written after each piece: comments, empty lines. */
  readonly between?: string;
  /** What a stream begins with comes in one network chunk with the first piece. */
  readonly joined?: boolean;
}

/** One answer of the scripted server: what an ending's script does, it does on this. */
export class Answer {
  readonly asked: Asked;
  /** How many requests for the same ending came before. */
  readonly nth: number;
  readonly #dialect: Dialect;
  readonly #response: ServerResponse;
  readonly #said: Piece[] = [];
  #layout: Layout = {};
  #zip: Gzip | undefined;
  /** What waits for the next write. */
  #kept = "";
  #isCut = false;
  /** Its stream has told its end. */
  #isTold = false;

  constructor(dialect: Dialect, asked: Asked, nth: number, response: ServerResponse) {
    this.#dialect = dialect;
    this.asked = asked;
    this.nth = nth;
    this.#response = response;
    response.socket?.setNoDelay(true);
  }

  /** @returns itself */
  as(layout: Layout): this {
    this.#layout = layout;
    return this;
  }

  /** Says these pieces, each by a write of its own, and begins the answer before the first. An answer in one piece is kept until `end`. */
  async say(...pieces: readonly Piece[]): Promise<void> {
    for (const piece of pieces) {
      if (piece.kind === "sentinel" || piece.kind === "failure") this.#isTold = true;
      if (this.asked.streamed) {
        await this.begin();
        await this.raw(this.#dialect.streamed(piece, this.asked, this.#said) + (this.#layout.between ?? ""));
      }
      this.#said.push(piece);
      await this.#pause();
    }
  }

  /** Writes the head of a stream, and what its API begins with. */
  async begin(headers: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.#response.headersSent) return;
    const type = { "content-type": this.#dialect.streamType, ...this.#fixed(), ...headers };
    this.#response.writeHead(200, this.#layout.gzip === true ? { ...type, "content-encoding": "gzip" } : type);
    this.#response.flushHeaders();
    if (this.#layout.gzip === true) {
      this.#zip = createGzip();
      this.#zip.pipe(this.#response);
    }
    const opening = (this.#layout.prefix ?? "") + this.#dialect.opening(this.asked);
    if (this.#layout.joined === true) {
      this.#kept = opening;
      return;
    }
    await this.raw(opening);
    await this.#pause();
  }

  async #pause(): Promise<void> {
    if (paceMs > 0 && this.#said.length <= pacedPieces) await setTimeout(paceMs);
  }

  /** Writes as it is, in the answer's layout. */
  async raw(said: string): Promise<void> {
    const all = this.#kept + said;
    this.#kept = "";
    const bytes = Buffer.from(this.#layout.crlf === true ? all.replaceAll("\n", "\r\n") : all);
    if (bytes.length === 0) return;
    const parts = this.#layout.bytewise === true ? [...bytes].map((byte) => Buffer.of(byte)) : [bytes];
    for (const part of parts) await this.#write(part);
  }

  /** What was said in one network chunk, and the end. */
  async atOnce(...pieces: readonly Piece[]): Promise<void> {
    const streamed = pieces.map((piece, at) => this.#dialect.streamed(piece, this.asked, pieces.slice(0, at)));
    await this.begin();
    this.#response.end(streamed.join(""));
  }

  /** Ends it, and the connection lives on. */
  end(): void {
    if (this.asked.streamed) return void (this.#zip ?? this.#response).end();
    const body = JSON.stringify(this.#dialect.whole(this.#said, this.asked));
    this.json(200, body);
  }

  json(status: number, body: string, headers: Readonly<Record<string, string>> = {}): void {
    const type = { "content-type": "application/json; charset=utf-8", ...this.#fixed(), ...headers };
    const bytes = Buffer.from(body);
    this.#response.writeHead(status, { ...type, "content-length": bytes.length }).end(bytes);
  }

  /** Refuses, as its API does. */
  refuse(failure: Failure, headers: Readonly<Record<string, string>> = {}): void {
    this.json(failure.code, JSON.stringify(this.#dialect.failed(failure)), headers);
  }

  /** Answers with a status and a text of no API. */
  plain(status: number, body: string, headers: Readonly<Record<string, string>> = {}): void {
    this.#response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(body);
  }

  /** Half of an answer in one piece. */
  async half(): Promise<void> {
    const body = JSON.stringify(this.#dialect.whole(this.#said, this.asked));
    this.#response.writeHead(200, {
      "content-type": "application/json",
      ...this.#fixed(),
      "content-length": body.length,
    });
    await this.#write(Buffer.from(body.slice(0, body.length / 2)));
  }

  /** The connection is gone, after all that was written. */
  cut(): void {
    this.#isCut = true;
    this.#response.socket?.destroy();
  }

  /** The connection is reset. */
  reset(): void {
    this.#isCut = true;
    this.#response.socket?.resetAndDestroy();
  }

  /** Says nothing more until the client has left. */
  async hang(): Promise<void> {
    if (!this.#response.destroyed) await once(this.#response, "close");
  }

  /** Whether it is the server that ended it. Clients leave a stream that has told its end: whether the server closes it before they do is chance. */
  get isEnded(): boolean {
    return this.#isCut || this.#isTold || this.#response.writableFinished;
  }

  #fixed(): Record<string, string> {
    return this.#dialect.server === "llama.cpp" ? { server: "llama.cpp" } : {};
  }

  /** Resolves when the system has the bytes: a write that follows is one of its own. */
  #write(bytes: Buffer): Promise<void> {
    const zip = this.#zip;
    return new Promise((resolve) => {
      if (zip !== undefined) return void zip.write(bytes, () => zip.flush(() => resolve()));
      this.#response.write(bytes, () => resolve());
    });
  }
}

/** What a request asks for, by its body. Ollama streams unless it is told not to. */
export function askedOf(dialect: Dialect, body: Readonly<Record<string, unknown>>): Asked {
  const options = body["stream_options"] as { readonly include_usage?: boolean } | undefined;
  return {
    model: String(body["model"] ?? "tiny"),
    streamed: dialect.streamType !== "application/json" && (body["stream"] ?? dialect.server === "ollama") === true,
    wantsUsage: options?.include_usage === true,
    wantsBase64: body["encoding_format"] === "base64",
  };
}

export type Script = (answer: Answer, request: IncomingMessage) => void | Promise<void>;
