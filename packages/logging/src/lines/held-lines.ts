import timers from "node:timers";
import { destination } from "pino";

/** As it is at load: fake ones that a test installs later would hold lines up. */
const { setTimeout } = timers;

/** Milliseconds that a line waits at most. */
const maxWait = 10;

/** A stream that lines go to. */
export interface LineStream {
  write(lines: string): unknown;
}

/** Those whose lines the process's exit may find unwritten. */
const waiting = new Set<HeldLines>();
let listensForExit = false;
let isExiting = false;

/** What the app calls on pino's own destination, and expects each line before it to be there for. */
const lastCalls = ["flush", "flushSync", "end", "destroy", "reopen"] as const;

/** Lines that are written together, in the order in which they were made. */
export class HeldLines {
  readonly #stream: LineStream;
  readonly #maxHeld: number;
  /** Whether the stream hands each write to another thread, which costs more than all else of a line. */
  readonly #isAsynchronous: boolean;
  readonly #write: unknown;
  #held = "";
  /** Made once: to arm a timer again costs no memory. */
  #late: NodeJS.Timeout | undefined;

  constructor(stream: LineStream) {
    this.#stream = stream;
    this.#maxHeld = maxHeldFor(stream);
    this.#isAsynchronous = this.#maxHeld > 0 && !(stream as PinosDestination).sync;
    this.#write = stream.write;
    if (this.#isAsynchronous) this.#flushBefore(stream);
  }

  /** The app may end its destination, flush it or open another file while lines are held: they are written first, as if they had not waited. */
  #flushBefore(stream: LineStream): void {
    for (const name of lastCalls) {
      const method: unknown = Reflect.get(stream, name);
      if (typeof method !== "function") continue;
      const value = (...args: unknown[]) => {
        this.flushLate();
        return Reflect.apply(method, stream, args);
      };
      Reflect.defineProperty(stream, name, { value, configurable: true, writable: true });
    }
  }

  /** Holds a line until the next flush; writes it at once where the stream has to see each line. */
  hold(line: string): void {
    // the app can have replaced the method since
    const maxHeld = this.#stream.write === this.#write ? this.#maxHeld : 0;
    if (this.#held.length + line.length > maxHeld) this.flush();
    if (line.length > maxHeld) this.#stream.write(line);
    else this.#keep(line);
  }

  #keep(line: string): void {
    if (this.#held === "") this.#flushLater();
    this.#held += line;
  }

  /** Nobody may flush: an observer may exit before that, and an app may hand records to `logTo` after it. */
  #flushLater(): void {
    waiting.add(this);
    if (this.#late !== undefined) this.#late.refresh();
    else this.#late = setTimeout(() => this.flushLate(), maxWait).unref();
    if (listensForExit) return;
    listensForExit = true;
    // first: pino flushes its own destinations then
    process.prependListener("exit", () => {
      isExiting = true;
      for (const lines of waiting) lines.flushLate();
    });
  }

  /** Writes what was not flushed. */
  flushLate(): void {
    waiting.delete(this);
    try {
      this.flush();
    } catch {
      // the stream is gone, and nobody called who could hear of it
    }
  }

  /** A turn of the event loop is over: writes what is held, unless the stream is asynchronous, where it waits for the lines of other turns. */
  endTurn(): void {
    if (!this.#isAsynchronous || isExiting) this.flush();
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

/** pino's own destination. */
interface PinosDestination extends LineStream {
  readonly sync: boolean;
  /** Past it, what comes is dropped. 0: never. */
  readonly maxLength: number;
  /** Never writes more than this in one piece. */
  readonly maxWrite: number;
}

let sample: PinosDestination | undefined;

/**
 * How many characters can be written to a stream at once with the same result as line by line: 0 for all but pino's own destination, since
 * others may count or change each line, and 0 for a destination that drops lines.
 */
function maxHeldFor(stream: LineStream): number {
  sample ??= destination({ dest: 1, sync: true }) as unknown as PinosDestination;
  if (Object.getPrototypeOf(stream) !== Object.getPrototypeOf(sample)) return 0;
  const { write, maxLength, maxWrite, sync } = stream as PinosDestination;
  // an instance has its own
  if (write !== sample.write || maxLength !== 0) return 0;
  // a write of so many bytes to a pipe stays in one piece, even when other processes write to it
  return sync ? 4_096 : maxWrite;
}
