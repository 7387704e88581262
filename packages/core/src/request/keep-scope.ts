import type { IncomingMessage } from "node:http";

/** Where a request's code runs. */
export interface Surroundings {
  /** Whether the calling code runs there already. */
  isInside(): boolean;
  enter<Result>(action: () => Result): Result;
}

/**
 * Lets the listeners of a request's own events (`data`, `end`) run inside its scope: Node's parser emits them from outside of it, or from
 * inside the request before on the same connection. An event that comes from inside, or that nobody listens to, is left alone.
 */
export function keepScope(req: IncomingMessage, surroundings: Surroundings): void {
  const { emit } = req;
  const emitInside = function (this: IncomingMessage, ...event: Parameters<typeof emit>): boolean {
    if (this.listenerCount(event[0]) === 0 || surroundings.isInside()) return emit.apply(this, event);
    return surroundings.enter(() => emit.apply(this, event));
  };
  // a request that lets nothing be put on it keeps its own
  Reflect.defineProperty(req, "emit", { value: emitInside, configurable: true, writable: true });
}
