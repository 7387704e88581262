import { type Aiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import { invalidArgument } from "../base/errors.ts";
import type { LiveStream } from "../routes/handlers.ts";
import { LiveHub } from "./live-hub.ts";

export const defaultMaxClients = 100;

export interface LiveOptions {
  /** How many streams may be open at once. The next one is answered 503, with `retry-after`. @default 100 */
  readonly maxClients?: number;
}

/**
 * Serves `GET /metrics/live` at a door, to whoever may read the list of chats: the summary and the chats as server-sent events, whole at first,
 * then what changed, once a second while something goes on. Doors that are given the same one share its collection and its limit.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a limit that is no number of streams
 * @example app.use(aiwatchExpress(aiwatch, { live: liveStream(), authorize: (req, route) => route !== "live" || isUser(req) }));
 */
export function liveStream({ maxClients = defaultMaxClients }: LiveOptions = {}): LiveStream {
  if (!Number.isSafeInteger(maxClients) || maxClients < 1)
    throw invalidArgument("maxClients", maxClients, "a whole number from 1 on");
  const hubs = new WeakMap<object, LiveHub>();
  return {
    open(aiwatch) {
      const host = hostOf(aiwatch as Aiwatch);
      const hub = hubs.get(host) ?? new LiveHub(host, maxClients);
      hubs.set(host, hub);
      return (res, isKnown, req) => hub.join(req, res, isKnown);
    },
  };
}
