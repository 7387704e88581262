import type { IncomingMessage, ServerResponse } from "node:http";
import { type Aiwatch, defaultAiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { inventory } from "../base/process-wide.ts";
import { complete } from "../request/ending.ts";
import type { ExchangeBinding, FrameworkView } from "../request/exchange.ts";
import { ObservedRequest, type RequestDoor } from "../request/observed-request.ts";
import { type OutsideParents, readOutsideParents } from "../request/server-span.ts";
import { OwnRequest } from "../request/timed-request.ts";
import { AppAnswers } from "../routes/app-answer.ts";
import { checkOptionNames } from "../routes/option-names.ts";
import { createOwnRoutes, type OwnRoutes, type RouteMethods, type RouteOptions } from "../routes/own-routes.ts";

/**
 * The options of every door, whatever the framework. The functions are the app's own: what they throw, and an answer that is none (a promise,
 * an object), is reported, and changes nothing.
 */
export interface DoorOptions<Request = IncomingMessage> extends RouteOptions<Request> {
  /** Whom to name in the request's log line, asked when the response closed. @default nobody */
  readonly userOf?: (req: Request) => string | undefined;
  /** Requests that are not to be observed at all: no metric, span, id or line. `true` alone ignores one. @default none */
  readonly ignore?: (req: Request) => boolean;
  /**
   * Has the last word on a route's label, asked when the response closed. Give few different values: past its cap the label is `other`.
   * @param route the template that took the request, `unmatched` where none did, `/*` where it cannot be known
   * @default the template itself
   */
  readonly normalizeRoute?: (route: string, req: Request) => string;
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

/** An exchange that our own routes can answer: by Node's pair, or by one that the binding makes for them. */
export interface AnswerableExchange extends ExchangeBinding {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Called before one of our own routes answers. Never rejects. */
  prepareAnswer?(): Promise<void>;
}

/** A door into an app: observes what comes through, and answers what is for AIWatch's own routes. One for each place where it is mounted. */
export class Door<Request = IncomingMessage> implements RequestDoor {
  readonly aiwatch: AiwatchHost;
  readonly outsideParents: OutsideParents;
  readonly #options: DoorOptions<Request>;
  readonly #ownRoutes: OwnRoutes<Request>;
  readonly #answers: AppAnswers;
  /** By whose instruments its requests are counted. */
  #observedBy: readonly object[] = [];

  /** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for an option, `AIWATCH_INVALID_SETTING` for a variable that cannot be used */
  constructor(aiwatch: AiwatchHost, options: DoorOptions<Request>) {
    this.aiwatch = aiwatch;
    this.#options = options;
    this.#ownRoutes = createOwnRoutes(aiwatch, options);
    this.#answers = new AppAnswers(aiwatch.diagnostics);
    this.outsideParents = readOutsideParents(options.outsideParents);
  }

  readonly reportActivation = (error: unknown): void =>
    this.aiwatch.diagnostics.fault("tracer", "activating a request's span", error);

  /** Where AIWatch's own routes are, within the place where the door is mounted, and which of `methods` may be for each of them. */
  ownRoutes<Method extends string>(methods: readonly Method[]): RouteMethods<Method>[] {
    return this.#ownRoutes.among(methods);
  }

  /**
   * Answers a request for one of our own routes, and observes it as one.
   * @returns when it is answered, which never rejects; the app has nothing left to do then. Undefined where it was none
   */
  serveOwnRoute(exchange: AnswerableExchange, view: FrameworkView<Request>): Promise<void> | undefined {
    const own = this.#ownRoutes.find(exchange, targetOf(view.mountedUrl));
    if (own === undefined) return undefined;
    const request = this.#claim(exchange) ? new OwnRequest(this, exchange, pathOf(view.url), own.path) : undefined;
    const answer = () => own.answer(exchange.req, exchange.res, view.request);
    const answered = exchange.prepareAnswer === undefined ? answer() : exchange.prepareAnswer().then(answer);
    if (own.name !== "live") return answered;
    // it goes on for as long as its reader likes: what is counted and timed is how it began
    return answered.then(() => {
      const { headersSent, writableEnded } = exchange.res;
      if (headersSent && !writableEnded) request?.ended(complete(200, false));
    });
  }

  /**
   * Observes an exchange of the app, and runs `handle` inside its scope and span. What `handle` returns or throws passes unchanged. An exchange
   * that is observed already, and one that the app wants ignored, is left alone.
   */
  observe<Result>(exchange: ExchangeBinding, view: FrameworkView<Request>, handle: () => Result): Result {
    const path = pathOf(view.url);
    if (this.#ignores(view.request) || !this.#claim(exchange)) return handle();
    return new ObservedRequest(this, exchange, view, path).run(handle);
  }

  /** Records and metrics name the same route, whatever the app's own functions answer. */
  routeOf(view: FrameworkView<Request>, path: string): string {
    const template = this.#templateOf(view, path) ?? "/*";
    const { normalizeRoute } = this.#options;
    if (normalizeRoute === undefined) return template;
    const what = "the option normalizeRoute";
    return (
      this.#answers.nameOf(
        what,
        this.#ask(what, () => normalizeRoute(template, view.request)),
      ) ?? template
    );
  }

  #templateOf(view: FrameworkView<Request>, path: string): string | undefined {
    const what = "finding the route's template";
    try {
      const answer = view.routeOf(withoutOrigin(path));
      return this.#answers.nameOf(what, typeof answer === "string" ? answer : this.#ask(what, () => answer));
    } catch (error) {
      this.aiwatch.diagnostics.fault("route", what, error);
      return undefined;
    }
  }

  userOf(view: FrameworkView<Request>): string | undefined {
    const { userOf } = this.#options;
    if (userOf === undefined) return undefined;
    const user = this.#ask("the option userOf", () => userOf(view.request));
    return typeof user === "string" || typeof user === "number" ? String(user) : undefined;
  }

  #ignores(request: Request): boolean {
    const { ignore } = this.#options;
    if (ignore === undefined) return false;
    const what = "the option ignore";
    return this.#answers.isTrue(
      what,
      this.#ask(what, () => ignore(request)),
    );
  }

  /** Asks a function of the app, which may throw, and answer anything. */
  #ask(what: string, ask: () => unknown): unknown {
    return this.aiwatch.diagnostics.guard("route", what, ask);
  }

  #claim(exchange: ExchangeBinding): boolean {
    const { instruments } = this.aiwatch;
    if (this.#observedBy[0] !== instruments) this.#observedBy = [instruments];
    return exchange.claim(this.#observedBy);
  }
}

/** Finds the door for the request that comes now; undefined where nothing is to be observed. */
export type FindDoor<Request = IncomingMessage> = () => Door<Request> | undefined;

/**
 * The door of an instance; without one, that of the default instance, whichever it is when a request comes. A request ends at the door by which
 * it came.
 * @param framework its name, for diagnostics
 * @param further names of options that are this framework's alone
 * @returns finds it; undefined where the instance is disabled for good
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for options that cannot be used; `AIWATCH_METRIC_CONFLICT` and `AIWATCH_INVALID_SETTING`
 *   where an instance has to be made and cannot be
 */
export function doorOf<Request = IncomingMessage>(
  aiwatch: Aiwatch | undefined,
  options: DoorOptions<Request>,
  framework: string,
  further: readonly string[] = [],
): FindDoor<Request> | undefined {
  const host = hostOf(aiwatch ?? defaultAiwatch());
  // one that stands in was the default, and whoever holds it asked for that
  const follows = aiwatch === undefined || host.standsIn;
  if (host.disabled && !follows) return undefined;
  checkOptionNames(options, further);
  // made for a disabled one that is followed, too: options that cannot be used are an error at the mount, never at a request
  const door = new Door(host, options);
  noteDoor(framework, options, door);
  return follows ? followDefault(host, door, options) : () => door;
}

function noteDoor<Request>(framework: string, options: DoorOptions<Request>, door: Door<Request>): void {
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const key = JSON.stringify([framework, given, door.ownRoutes([]).map(({ path }) => path)]);
  const { doors } = inventory();
  doors.set(key, (doors.get(key) ?? 0) + 1);
}

function followDefault<Request>(
  first: AiwatchHost,
  firstDoor: Door<Request>,
  options: DoorOptions<Request>,
): FindDoor<Request> {
  let current = first;
  let door: Door<Request> | undefined = firstDoor;
  return () => {
    const now = hostOf(defaultAiwatch(current));
    if (now !== current) {
      current = now;
      door = now.diagnostics.guard("route", "following the default instance", () => new Door(now, options));
    }
    return now.disabled ? undefined : door;
  };
}

/** What was asked for, without query and fragment. */
function targetOf(url: string): string {
  for (let index = 0; index < url.length; index += 1) {
    const character = url.charCodeAt(index);
    if (character === questionMark || character === hash) return url.slice(0, index);
  }
  return url;
}

const [questionMark, hash] = [0x3f, 0x23];

const origin = /^([a-z][a-z\d+.-]*:\/\/)([^/]*)/i;

/** The path as it was asked for, without its query. A proxy is asked for whole URLs, which may hold credentials: `http://ada:secret@host/users`. */
function pathOf(url: string): string {
  const target = targetOf(url);
  if (target.startsWith("/")) return target;
  return target.replace(origin, (_, scheme: string, host: string) => scheme + host.slice(host.lastIndexOf("@") + 1));
}

function withoutOrigin(target: string): string {
  return target.startsWith("/") ? target : target.replace(origin, "") || "/";
}
