import type { IncomingMessage } from "node:http";
import type { Diagnostics } from "../base/diagnostics.ts";
import { invalidArgument } from "../base/errors.ts";
import type { Clock } from "../base/time.ts";
import { HttpError } from "../routes/answer.ts";
import { AppAnswers } from "../routes/app-answer.ts";
import { clientOf, networkOf } from "../routes/client-address.ts";
import { Latest } from "../windows/latest.ts";
import { clientBehind, type FindClient, type TrustedProxies } from "./trusted-proxies.ts";

/** How many reports are taken; what comes over it is answered 429. */
export interface ReportLimits {
  /** Reports of one client in a minute, those that `authorize` refuses included. @default 120 */
  readonly perClientPerMinute?: number;
  /**
   * Reports of all clients in a minute, those alone that `authorize` let in. What all share, some can use up for the others: set it where the
   * server itself must be spared.
   * @default no limit
   */
  readonly perMinute?: number;
  /**
   * Who a client is. Behind a proxy that nobody told the app of, all clients have the proxy's address, and one limit together.
   * An address is treated as the default is: of IPv6 its first 64 bits. Of a list the last counts. An answer that is no text is reported, and
   * the default holds; so it does for `undefined`.
   * @default Express's `req.ip`, which `trust proxy` decides on; else the connection's address, of IPv6 its first 64 bits
   * @example clientOf: (req) => req.headers["x-real-ip"]
   */
  readonly clientOf?: (req: IncomingMessage) => string | readonly string[] | undefined;
  /**
   * The app's own proxies, of which each adds to `x-forwarded-for` whom it was called by: how many there are, or their addresses and networks. The
   * header is read from its end, and never further than they wrote. With too high a number a client can say who it is. Not beside `clientOf`.
   * @default none: the header is not read
   * @example trustedProxies: ["10.0.0.0/8", "fd00::/8"]
   */
  readonly trustedProxies?: TrustedProxies;
}

const minuteMs = 60_000;

export const defaultPerClientPerMinute = 120;

/** At least, of those that were heard of last. A quiet one that is forgotten has lost nothing; a flood is heard of all the time. */
export const clientsKept = 10_000;

/** The reports of one minute, from its first on. */
interface Minute {
  count: number;
  readonly began: number;
}

/** The limits, checked. */
export interface ReportLimitSettings {
  readonly perClientPerMinute: number;
  readonly perMinute: number;
  readonly clientOf: ((req: IncomingMessage) => unknown) | undefined;
}

/**
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a limit that is no number, a `clientOf` that is no function, and `trustedProxies` that are
 *   none
 */
export function readReportLimits(limits: ReportLimits): ReportLimitSettings {
  const { perClientPerMinute = defaultPerClientPerMinute, perMinute = Number.POSITIVE_INFINITY } = limits;
  const clientOf = readClientOf(limits);
  return {
    perClientPerMinute: countOf("perClientPerMinute", perClientPerMinute),
    perMinute: countOf("perMinute", perMinute),
    clientOf,
  };
}

function readClientOf({ clientOf, trustedProxies }: ReportLimits): ReportLimitSettings["clientOf"] {
  if (clientOf !== undefined && typeof clientOf !== "function")
    throw invalidArgument("clientOf", clientOf, "a function");
  if (trustedProxies === undefined) return clientOf;
  const behind: FindClient = clientBehind(trustedProxies);
  if (clientOf !== undefined) throw invalidArgument("trustedProxies", trustedProxies, "nothing beside clientOf");
  return behind;
}

/** What the limit needs of an instance. */
interface LimitHost {
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/**
 * Counts clients' reports. To look and to count is one step, between which nothing else runs: a flood that arrives at once is counted one by
 * one. Its memory is bounded by the number of clients that it keeps.
 */
export class ReportLimit {
  readonly #settings: ReportLimitSettings;
  readonly #host: LimitHost;
  readonly #answers: AppAnswers;
  readonly #clients = new Latest<Minute>(clientsKept);
  #all: Minute | undefined;

  constructor(host: LimitHost, settings: ReportLimitSettings) {
    this.#settings = settings;
    this.#host = host;
    this.#answers = new AppAnswers(host.diagnostics);
  }

  /** @throws HttpError 429 where the client has sent its reports of this minute */
  admitClient(req: IncomingMessage): void {
    const client = this.#nameOf(req) ?? clientOf(req);
    const minute = this.#current(this.#clients.get(client));
    this.#clients.set(client, minute);
    this.#count(minute, this.#settings.perClientPerMinute);
  }

  /** Asked once it is known that the report is welcome. @throws HttpError 429 where all have sent what they may together */
  admitAmongAll(): void {
    this.#all = this.#current(this.#all);
    this.#count(this.#all, this.#settings.perMinute);
  }

  #nameOf(req: IncomingMessage): string | undefined {
    const what = "the option clientOf";
    const answer = this.#host.diagnostics.guard("route", what, () => this.#settings.clientOf?.(req));
    const name = this.#answers.nameOf(what, Array.isArray(answer) ? answer.at(-1) : answer);
    return name === undefined ? undefined : networkOf(name);
  }

  #current(minute: Minute | undefined): Minute {
    const now = this.#host.clock.now();
    return minute !== undefined && now - minute.began < minuteMs ? minute : { count: 0, began: now };
  }

  #count(minute: Minute, most: number): void {
    minute.count += 1;
    if (minute.count > most) throw tooMany(minute.began + minuteMs - this.#host.clock.now());
  }
}

function tooMany(waitMs: number): HttpError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new HttpError(429, `too many reports; try again in ${seconds} s`, { "retry-after": String(seconds) });
}

function countOf(what: string, count: unknown): number {
  if (typeof count === "number" && count >= 0) return count;
  throw invalidArgument(what, count, "a number of reports, 0 or more");
}
