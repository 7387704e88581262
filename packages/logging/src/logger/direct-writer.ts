import { type Logger, pino, symbols } from "pino";
import { type HeldLines, heldLinesOf, type LineStream } from "../lines/held-lines.ts";
import type { LineLevel } from "../lines/line.ts";
import { isTraced } from "./flat-line.ts";
import { type Redaction, redactionOf } from "./redaction.ts";

/** What is read of a pino logger to write a line that pino would write the same. */
interface PinoInsides extends Record<LineLevel, unknown> {
  readonly [symbols.lsCacheSym]: Readonly<Record<number, string>>;
  readonly [symbols.timeSym]: () => string;
  readonly [symbols.chindingsSym]: string;
  readonly [symbols.endSym]: string;
  readonly [symbols.streamSym]: LineStream;
}

const levelValues: Readonly<Record<LineLevel, number>> = { debug: 20, info: 30, error: 50 };

/** Writes our lines straight to the stream of a logger of `createLogger`, to the byte as the logger would. */
export class DirectWriter {
  readonly redaction: Redaction;
  readonly #logger: PinoInsides;
  readonly #stream: LineStream;
  readonly #held: HeldLines;
  readonly #ends = new Map<string, string>();
  readonly #known: Partial<Record<LineLevel, unknown>> = {};

  private constructor(logger: PinoInsides, redaction: Redaction) {
    this.redaction = redaction;
    this.#logger = logger;
    this.#stream = logger[symbols.streamSym];
    this.#held = heldLinesOf(this.#stream);
  }

  /** `undefined` for a logger that may change the line: it has serializers, formatters or paths of the app's, or is another one. */
  static of(logger: object, names: readonly string[]): DirectWriter | undefined {
    const redaction = redactionOf(logger);
    if (redaction === undefined || !redaction.leaves(logger as Logger, names)) return undefined;
    return new DirectWriter(logger as PinoInsides, redaction);
  }

  /** Whether the logger's own method would write the same now: the app can have replaced the method, or the stream, since. */
  writes(level: LineLevel): boolean {
    const method = this.#logger[level];
    if (method !== this.#known[level]) {
      if (!isPinos(method)) return false;
      this.#known[level] = method;
    }
    return this.#logger[symbols.streamSym] === this.#stream && this.redaction.writesBy(this.#logger) && !isTraced();
  }

  /** @param isHeld whether the line may wait for the others of this turn */
  write(level: LineLevel, fields: string, message: string, isHeld: boolean): void {
    const logger = this.#logger;
    const begin =
      logger[symbols.lsCacheSym][levelValues[level]] + logger[symbols.timeSym]() + logger[symbols.chindingsSym];
    this.#held.hold(begin + fields + (this.#ends.get(message) ?? this.#keepEnd(message)));
    if (!isHeld) this.#held.flush();
  }

  endTurn(): void {
    this.#held.endTurn();
  }

  flush(): void {
    this.#held.flush();
  }

  /** Our messages are a few. */
  #keepEnd(message: string): string {
    const end = `,"msg":"${message}"${this.#logger[symbols.endSym]}`;
    this.#ends.set(message, end);
    return end;
  }
}

let pinosText: string | undefined;

/** By its text: each logger has functions of its own, and new ones after each change of its level. */
function isPinos(method: unknown): boolean {
  if (typeof method !== "function") return false;
  pinosText ??= Function.prototype.toString.call(pino({}, { write: () => {} }).info);
  return Function.prototype.toString.call(method) === pinosText;
}
