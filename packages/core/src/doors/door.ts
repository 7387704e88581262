import type { IncomingMessage, ServerResponse } from "node:http";
import type { AiwatchHost } from "../aiwatch/host.ts";
import type { HostLine, LineIds } from "../request/host-line.ts";
import { observeOwnRequest, observeRequest } from "../request/observe-request.ts";
import { type OutsideParents, readOutsideParents } from "../request/outside-parents.ts";
import type { RequestDoor } from "../request/request-door.ts";
import { createOwnRoutes, type OwnRoutes, type RouteMethods, type RouteOptions } from "../routes/own-routes.ts";
import { AppAnswers } from "./app-answer.ts";

/**
 * What every door can be told, whatever the framework. The functions are the app's own: what they throw, and an answer that is none (a promise,
 * an object), is reported, and changes nothing.
 */
export interface DoorOptions extends RouteOptions {
  /** Whom to name in the request's log line, asked when the response closed. @default nobody */
  readonly userOf?: (req: IncomingMessage) => string | undefined;
  /** Requests that are not to be observed at all: no metric, span, id or line. `true` alone ignores one. @default none */
  readonly ignore?: (req: IncomingMessage) => boolean;
  /**
   * Has the last word on a route's label, asked when the response closed. Give few different values: past its cap the label is `other`.
   * @param route the template that took the request, `unmatched` where none did, `/*` where it cannot be known
   * @default the template itself
   */
  readonly normalizeRoute?: (route: string, req: IncomingMessage) => string;
  /**
   * What a caller's trace headers may do to the request's span. `trust` continues the caller's trace and samples what the caller sampled, as
   * OpenTelemetry does: whoever sends `traceparent` is in your traces then, whatever your ratio. `ids` keeps the caller's ids and decides by your
   * own ratio; with another SDK than that of `@aiwatch/tracing`, whose sampler follows the parent, none of them is sampled. `none` begins a new
   * trace that is linked with the caller's. Under both, a caller's baggage and `tracestate` are left out. A server span that the app's own
   * OpenTelemetry made keeps the parent that it has.
   * @default `AIWATCH_OUTSIDE_PARENTS`, else "trust"
   */
  readonly outsideParents?: OutsideParents;
}

/** One exchange, as a framework hands it over. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The URL as the client asked for it. */
  readonly url: string;
  /** The URL within the place where the door is mounted: our own routes are looked for there. @default `url` */
  readonly mountedUrl?: string;
  /**
   * The route's template once the response is closed. Of plain `node:http` it is the app's own answer, which may be anything.
   * @param path the path as it was asked for, without its query
   */
  routeOf(path: string): unknown;
  /** Lets the framework's own logger of the request name the ids. @returns nothing where there is none */
  joinLog?(idsOf: () => LineIds): HostLine | undefined;
}

/** A door into an app: observes what comes through, and answers what is for AIWatch's own routes. */
export class Door {
  readonly #aiwatch: AiwatchHost;
  readonly #options: DoorOptions;
  readonly #ownRoutes: OwnRoutes;
  readonly #answers: AppAnswers;
  readonly #outsideParents: OutsideParents;

  /** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for an option, `AIWATCH_INVALID_SETTING` for a variable that cannot be used */
  constructor(aiwatch: AiwatchHost, options: DoorOptions) {
    this.#aiwatch = aiwatch;
    this.#options = options;
    this.#ownRoutes = createOwnRoutes(aiwatch, options);
    this.#answers = new AppAnswers(aiwatch.diagnostics);
    this.#outsideParents = readOutsideParents(options.outsideParents);
  }

  /** Where AIWatch's own routes are, within the place where the door is mounted, and which of `methods` may be for each of them. */
  ownRoutes<Method extends string>(methods: readonly Method[]): RouteMethods<Method>[] {
    return this.#ownRoutes.among(methods);
  }

  /**
   * Answers a request for one of our own routes.
   * @returns whether it was one; the app has nothing left to do then
   */
  answersItself({ req, res, url, mountedUrl = url }: Exchange): boolean {
    const own = this.#ownRoutes.find(req, targetOf(mountedUrl));
    if (own === undefined) return false;
    const ownDoor = { path: withoutCredentials(targetOf(url)), routeOf: () => own.path, userOf: () => undefined };
    observeOwnRequest(this.#aiwatch, req, res, ownDoor);
    void own.answer(req, res);
    return true;
  }

  /** Observes an exchange of the app and runs `handle` inside its scope and span. */
  observe<Result>(exchange: Exchange, handle: () => Result): Result {
    const { req, res } = exchange;
    if (this.#ignores(req)) return handle();
    return observeRequest(
      this.#aiwatch,
      req,
      res,
      new ObservedExchange(this.#aiwatch, exchange, this.#options, this.#answers, this.#outsideParents),
      handle,
    );
  }

  #ignores(req: IncomingMessage): boolean {
    const { ignore } = this.#options;
    if (ignore === undefined) return false;
    const what = "the option ignore";
    const answer = this.#aiwatch.diagnostics.guard("route", what, () => ignore(req));
    return this.#answers.isTrue(what, answer);
  }
}

/** An exchange, with what the door was told of requests. One is made for each: its functions are its class's, and cost nothing. */
class ObservedExchange implements RequestDoor {
  readonly path: string;
  readonly outsideParents: OutsideParents;
  readonly #aiwatch: AiwatchHost;
  readonly #exchange: Exchange;
  readonly #options: DoorOptions;
  readonly #answers: AppAnswers;

  constructor(
    aiwatch: AiwatchHost,
    exchange: Exchange,
    options: DoorOptions,
    answers: AppAnswers,
    parents: OutsideParents,
  ) {
    this.outsideParents = parents;
    this.path = withoutCredentials(targetOf(exchange.url));
    this.#aiwatch = aiwatch;
    this.#exchange = exchange;
    this.#options = options;
    this.#answers = answers;
  }

  /** Records and metrics name the same route, whatever the app's own functions answer. */
  routeOf(): string {
    const template = this.#nameOf(
      "finding the route's template",
      () => this.#exchange.routeOf(pathOf(this.path)),
      "/*",
    );
    const { normalizeRoute } = this.#options;
    if (normalizeRoute === undefined) return template;
    return this.#nameOf("the option normalizeRoute", () => normalizeRoute(template, this.#exchange.req), template);
  }

  #nameOf(what: string, ask: () => unknown, otherwise: string): string {
    return this.#answers.nameOf(what, this.#aiwatch.diagnostics.guard("route", what, ask)) ?? otherwise;
  }

  userOf(): string | undefined {
    return this.#options.userOf?.(this.#exchange.req);
  }

  joinLog(idsOf: () => LineIds): HostLine | undefined {
    return this.#exchange.joinLog?.(idsOf);
  }
}

/** What was asked for, without query and fragment. */
function targetOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

const origin = /^([a-z][a-z\d+.-]*:\/\/)([^/]*)/i;

/** A proxy is asked for whole URLs, which may hold credentials: `http://ada:secret@host/users`. */
function withoutCredentials(target: string): string {
  if (target.startsWith("/")) return target;
  return target.replace(origin, (_, scheme: string, host: string) => scheme + host.slice(host.lastIndexOf("@") + 1));
}

function pathOf(target: string): string {
  return target.startsWith("/") ? target : target.replace(origin, "") || "/";
}
