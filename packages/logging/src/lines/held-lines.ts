import { destination } from "pino";

/** What is needed of a stream that lines go to. */
export interface LineStream {
  write(lines: string): unknown;
}

/**
 * So many characters are held at most. What is written to a pipe in one piece that is not longer stays in one piece, whichever other process
 * writes to it.
 */
const maxHeld = 4_096;

/** Lines that are written together, in the order in which they were made. */
export class HeldLines {
  readonly #stream: LineStream;
  #held = "";

  constructor(stream: LineStream) {
    this.#stream = stream;
  }

  hold(line: string): void {
    if (this.#held.length + line.length > maxHeld) this.flush();
    this.#held += line;
  }

  /** Writes what is held: before any other line of the stream. */
  flush(): void {
    if (this.#held === "") return;
    const held = this.#held;
    this.#held = "";
    this.#stream.write(held);
  }
}

/** The loggers of a stream share them. */
const byStream = new WeakMap<LineStream, HeldLines>();

export function heldLinesOf(stream: LineStream): HeldLines {
  const known = byStream.get(stream) ?? new HeldLines(stream);
  byStream.set(stream, known);
  return known;
}

interface PinosDestination extends LineStream {
  readonly maxLength: number;
}

let sample: PinosDestination | undefined;

/**
 * Whether a stream takes many lines in one write as it takes them one by one: pino's own destination, where it drops none. Others may count
 * or change what is one line to them.
 */
export function takesManyLines(stream: LineStream): boolean {
  sample ??= destination({ dest: 1, sync: true }) as unknown as PinosDestination;
  if (Object.getPrototypeOf(stream) !== Object.getPrototypeOf(sample)) return false;
  // an instance has its own
  return stream.write === sample.write && (stream as PinosDestination).maxLength === 0;
}
