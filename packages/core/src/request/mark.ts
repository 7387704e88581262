import type { ServerResponse } from "node:http";
import { processWide } from "../base/process-wide.ts";

/**
 * What is found on a message that is observed: on a request whose instruments count it, on a response how it is named. It is a property of its
 * own that is not enumerable, so that what an app makes by copying has none; each more of them would take 100 ns and 30 bytes of a request.
 */
const markKey: unique symbol = Symbol.for("@aiwatch/core/mark/1");

/** Other copies of this package read it, too. */
export interface Mark {
  /** Whose instruments count the request. */
  observedBy: readonly object[];
  /** The name that the answer will have where the app gives it no other. */
  answerId?: string | undefined;
  /** The `writeHead` that was put on the response before; undefined where it is its class's. */
  ownWriteHead?: WriteHead | undefined;
  /** The status that went out. */
  sentStatus?: number | undefined;
}

export type WriteHead = (...args: unknown[]) => ServerResponse;

type Marked = object & { readonly [markKey]?: Mark };

/** The mark of a message, or of what the message was made from. */
export function markOf(message: Marked): Mark | undefined {
  return message[markKey];
}

/** What has the mark of `message` as a property of its own: others may be made of it. */
export function markedOf(message: object): object {
  let holder = message;
  while (!Object.hasOwn(holder, markKey)) holder = Object.getPrototypeOf(holder);
  return holder;
}

/** @returns false for a message that lets nothing be put on it, and for one that has another mark */
export function mark(message: Marked, as: Mark): boolean {
  if (Object.hasOwn(message, markKey)) return message[markKey] === as;
  return Reflect.defineProperty(message, markKey, { value: as });
}

/** By which instruments a request is counted that cannot be marked. */
const unmarkable = processWide("@aiwatch/core/unmarkable", 1, () => new WeakMap<object, Set<object>>());

/**
 * Takes a request for the instruments of `observedBy`: a door that is mounted twice must not count it again. A WeakSet would make each garbage
 * collection dearer, and is for requests that cannot be marked.
 * @returns false where they have it already
 */
export function claim(request: Marked, as: Mark, observedBy: readonly object[]): boolean {
  const known = Object.hasOwn(request, markKey) ? request[markKey] : undefined;
  if (known === undefined) {
    as.observedBy = observedBy;
    return mark(request, as) || claimUnmarkable(request, observedBy);
  }
  if (observedBy.every((instruments) => known.observedBy.includes(instruments))) return false;
  known.observedBy = [...known.observedBy, ...observedBy];
  return true;
}

function claimUnmarkable(request: object, observedBy: readonly object[]): boolean {
  const requests = unmarkable();
  const seen = requests.get(request);
  if (seen === undefined) requests.set(request, new Set(observedBy));
  else if (observedBy.every((instruments) => seen.has(instruments))) return false;
  else for (const instruments of observedBy) seen.add(instruments);
  return true;
}
