import type { IncomingMessage } from "node:http";

/**
 * Lets the listeners of a request's own events (`data`, `end`) run inside its scope: Node's parser emits them from outside of it, or from
 * inside the request before on the same connection. An event that comes from inside is left alone.
 */
export function keepScope(
  req: IncomingMessage,
  isInside: () => boolean,
  enter: <Result>(action: () => Result) => Result,
): void {
  const { emit } = req;
  const emitInside = function (this: IncomingMessage, ...event: Parameters<typeof emit>): boolean {
    const send = () => emit.apply(this, event);
    return isInside() ? send() : enter(send);
  };
  Object.defineProperty(req, "emit", { value: emitInside, configurable: true, writable: true });
}
