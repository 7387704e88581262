import type { IncomingMessage } from "node:http";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { processWide } from "../base/process-wide.ts";

/** Whose instruments count a request already. */
const observedBy: unique symbol = Symbol.for("@aiwatch/core/observed-by");

/** By which instruments a request is counted that cannot be marked. */
const unmarkable = processWide("@aiwatch/core/unmarkable", 1, () => new WeakMap<object, Set<object>>());

type Marked = IncomingMessage & { readonly [observedBy]?: object[] };

/**
 * A door that is mounted twice must not count a request again. It is marked by a property of its own that is not enumerable: what an app makes
 * from it by copying is another request. A WeakSet would make each garbage collection dearer, and is for requests that cannot be marked.
 */
export function isFirstDoor({ instruments }: AiwatchHost, req: Marked): boolean {
  const seen = Object.hasOwn(req, observedBy) ? req[observedBy] : undefined;
  if (seen === undefined) {
    return Reflect.defineProperty(req, observedBy, { value: [instruments] }) || !isKnown(instruments, req);
  }
  if (seen.includes(instruments)) return false;
  seen.push(instruments);
  return true;
}

function isKnown(instruments: object, req: IncomingMessage): boolean {
  const requests = unmarkable();
  const seen = requests.get(req);
  if (seen === undefined) requests.set(req, new Set([instruments]));
  else if (seen.has(instruments)) return true;
  else seen.add(instruments);
  return false;
}
