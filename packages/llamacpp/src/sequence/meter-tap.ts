import { disguise, isObject, type Method, type Undo } from "@aiwatch/core/adapter";

/**
 * Hears of the tokens that the engine adds to a sequence's meter just before it decodes a batch with them, and only while somebody listens:
 * while a prompt is evaluated. Then the meter has a method of its own; otherwise that property holds the engine's, and a generated token costs nothing
 * here.
 */
export class MeterTap {
  readonly #meter: object | undefined;
  readonly #original: Method | undefined;
  readonly #listening: Method;
  readonly #before: PropertyDescriptor | undefined;
  /** Called with each part of a batch. */
  #listener: ((tokens: number) => void) | undefined;

  constructor(sequence: object) {
    const meter: unknown = Reflect.get(sequence, "tokenMeter");
    const original: unknown = isObject(meter) ? Reflect.get(meter, "useTokens") : undefined;
    this.#meter = isObject(meter) && typeof original === "function" ? meter : undefined;
    this.#original = typeof original === "function" ? (original as Method) : undefined;
    this.#before = this.#meter && Object.getOwnPropertyDescriptor(this.#meter, "useTokens");
    const isFree = this.#before?.configurable ?? (this.#meter === undefined || Object.isExtensible(this.#meter));
    // found out here, where nothing is patched yet, and not in the midst of an answer
    if (!isFree) throw new TypeError("a sequence's token meter cannot be patched");
    this.#listening = listening(this.#original ?? (() => {}), (tokens) => this.#listener?.(tokens));
  }

  listen(listener: (tokens: number) => void): void {
    this.#listener = listener;
    this.#put(this.#listening);
  }

  /** Nobody listens any more. */
  rest(): void {
    this.#listener = undefined;
    if (this.#original !== undefined) this.#put(this.#original);
  }

  /** Takes the property away again, unless somebody patched over it. */
  readonly undo: Undo = () => {
    this.#listener = undefined;
    if (this.#meter === undefined || !this.#isOurs(this.#meter)) return;
    if (this.#before === undefined) Reflect.deleteProperty(this.#meter, "useTokens");
    else Object.defineProperty(this.#meter, "useTokens", this.#before);
  };

  #put(value: Method): void {
    const meter = this.#meter;
    if (meter === undefined || !this.#isOurs(meter) || Reflect.get(meter, "useTokens") === value) return;
    if (Object.hasOwn(meter, "useTokens") && isWritten(meter, value)) return;
    Reflect.defineProperty(meter, "useTokens", { value, configurable: true, writable: true, enumerable: false });
  }

  #isOurs(meter: object): boolean {
    const current: unknown = Reflect.get(meter, "useTokens");
    return current === this.#listening || current === this.#original;
  }
}

/** To define a property anew takes ten times as long, and a prompt does it twice. @returns false where it is read-only */
function isWritten(meter: { useTokens?: Method }, value: Method): boolean {
  try {
    meter.useTokens = value;
    return true;
  } catch {
    return false;
  }
}

function listening(original: Method, hear: (tokens: number) => void): Method {
  const patched: Method = function (tokens, type) {
    if (typeof tokens === "number" && tokens > 0) hear(tokens);
    return original.call(this, tokens, type);
  };
  return disguise(patched, original);
}
