/** How an answer that streams is written: Server-Sent Events, or a JSON text in each line. */
export type StreamFormat = "events" | "lines";

/** Receives an event. @param data as Latin-1, a character for each byte @param end the byte of the chunk behind the event */
export type OnEvent = (data: string, end: number) => void;

/** A line is kept until it ends. What is longer than this is no event that holds figures. */
const maxLineLength = 2 ** 20;

/** U+FEFF in UTF-8, read as Latin-1. */
const byteOrderMark = "\u00ef\u00bb\u00bf";

/**
 * Finds the events in the bytes of an answer as they pass, however they are cut into chunks. Bytes are read as Latin-1: what tells events apart
 * is ASCII, an offset in the text is one in the bytes, and nothing is decoded for a token.
 */
export class EventScanner {
  readonly #format: StreamFormat;
  readonly #onEvent: OnEvent;
  readonly #onTooLong: () => void;
  /** The beginning of a line whose end has not come. */
  #line = "";
  /** The data of an event whose end has not come. */
  #data: string | undefined;
  #isTooLong = false;
  #isFirstLine = true;
  /** The last byte was a CR: a LF behind it ends no other line. */
  #endsInCr = false;

  constructor(format: StreamFormat, onEvent: OnEvent, onTooLong: () => void) {
    this.#format = format;
    this.#onEvent = onEvent;
    this.#onTooLong = onTooLong;
  }

  read(chunk: Uint8Array): void {
    const text = latin1(chunk);
    const find = text.includes("\r") ? findLineEnd : findLineFeed;
    let from = this.#endsInCr && text.startsWith("\n") ? 1 : 0;
    for (let at = find(text, from); at !== -1; at = find(text, from)) {
      const next = text.startsWith("\r\n", at) ? at + 2 : at + 1;
      this.#lineEnds(text.slice(from, at), next);
      from = next;
    }
    this.#endsInCr = text.endsWith("\r");
    if (from < text.length) this.#keep(text.slice(from));
  }

  /** The answer ended: the line and the event that it ended in are whole. */
  end(): void {
    if (this.#line !== "") this.#lineEnds("", 0);
    if (this.#format === "events") this.#dispatch(0);
  }

  #keep(part: string): void {
    if (this.#isTooLong) return;
    if (this.#line.length + part.length <= maxLineLength) {
      this.#line += part;
      return;
    }
    this.#line = "";
    this.#isTooLong = true;
    this.#onTooLong();
  }

  #lineEnds(part: string, end: number): void {
    let line = this.#line === "" ? part : this.#line + part;
    this.#line = "";
    if (this.#isFirstLine && line.startsWith(byteOrderMark)) line = line.slice(byteOrderMark.length);
    this.#isFirstLine = false;
    if (this.#isTooLong) this.#isTooLong = false;
    else if (this.#format === "events") this.#field(line, end);
    else if (line.trim() !== "") this.#onEvent(line, end);
  }

  #field(line: string, end: number): void {
    if (line === "") this.#dispatch(end);
    if (!line.startsWith("data:")) return;
    const value = line.slice(line.startsWith(" ", 5) ? 6 : 5);
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
  }

  #dispatch(end: number): void {
    const data = this.#data;
    this.#data = undefined;
    if (data !== undefined) this.#onEvent(data, end);
  }
}

function findLineFeed(text: string, from: number): number {
  return text.indexOf("\n", from);
}

const lineEnds = /[\r\n]/g;

function findLineEnd(text: string, from: number): number {
  lineEnds.lastIndex = from;
  return lineEnds.exec(text)?.index ?? -1;
}

/** A character for each byte. */
export function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}

/** The JSON value of a text that was read as Latin-1. @returns undefined where it is none */
export function parseLatin1(text: string): unknown {
  try {
    return JSON.parse(hasHighBytes.test(text) ? Buffer.from(text, "latin1").toString() : text);
  } catch {
    return undefined;
  }
}

const hasHighBytes = /[\u0080-\u00ff]/;
