import type { RequestEnding } from "./ending.ts";
import type { Correlation } from "./scope.ts";

/**
 * One HTTP exchange as its transport hands it over: all that the lifecycle of a request knows of HTTP. Node's pair of request and response is one
 * binding (`NodeExchange`), a web `Request` whose handler returns a `Response` another (`WebExchange`).
 */
export interface ExchangeBinding {
  /**
   * Takes the request for these instruments: Node's request where there is one, else the web request, so that two doors agree on it.
   * @returns false where they have it already
   */
  claim(instruments: readonly object[]): boolean;
  readonly method: string;
  readonly scheme: "http" | "https";
  /** Undefined where the transport does not say it. */
  readonly protocolVersion: string | undefined;
  /** The request's headers by their names in lower case. A binding may build them when they are first read. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** How the answer names the request so far, by the app or by another instance. @returns undefined where it does not */
  answerName(): number | string | readonly string[] | undefined;
  /** Adds `x-request-id` to the answer, unless the app names the request itself or it is too late. */
  nameAnswer(requestId: string): void;
  /** Lets a logger that the app put on the exchange name the ids. Called several times. @returns undefined where there is none */
  joinLog(request: LoggedRequest): HostLine | undefined;
  /**
   * Notifies the owner of the end, exactly once, by whatever says first that the exchange is over: its transport, never the promise of its
   * handler, and never an abort signal alone, which also fires for the server's own errors. Called once, before `keepScope`.
   */
  watchEnd(owner: ExchangeOwner): void;
  /**
   * Lets what the transport calls later run inside the owner's scope: the listeners of Node's request and response, or a web body's `pull` and
   * `cancel`. What runs there already, and what nobody listens to, is left alone.
   */
  keepScope(owner: ExchangeOwner): void;
}

/** Whoever observes an exchange. Nothing of it may throw. */
export interface ExchangeOwner {
  /** The answer is about to say to the app's listeners that it is finished. */
  finishing(): void;
  /** The exchange is over. */
  ended(ending: RequestEnding): void;
  /** Whether the calling code runs inside the request's scope. */
  isInside(): boolean;
  /** Runs `action` inside the request's scope: what it returns or throws passes unchanged. */
  enter<Result>(action: () => Result): Result;
}

/** What only the framework knows of an exchange: one for each, made by the framework's door. */
export interface FrameworkView<Request = unknown> {
  /** The request as the app's own functions get it: `userOf`, `ignore`, `normalizeRoute`. */
  readonly request: Request;
  /** The URL as the client asked for it, read when the request comes. */
  readonly url: string;
  /** The URL within the place where the door is mounted, read when the request comes: our own routes are looked for there. */
  readonly mountedUrl: string;
  /**
   * The template of the route that took the request, asked once, when the exchange is over; `unmatched` where none did. Of plain `node:http` it
   * is the app's own answer, which may be anything.
   * @param path the path as it was asked for, without its query
   */
  routeOf(path: string): unknown;
  /** Lets the framework's own logger of the request name the ids. @returns undefined where there is none */
  joinLog?(request: LoggedRequest): HostLine | undefined;
}

/** A request whose ids the app's own lines are to name. */
export interface LoggedRequest {
  lineIds(): LineIds;
}

/** The ids that a line of the app gains. */
export interface LineIds extends Correlation {
  readonly requestId: string;
}

/** The line that the app writes for a request by itself: it stays, gains our ids, and ours is off. */
export interface HostLine {
  /**
   * Whether it is written, or sure to be, now that the exchange is over and its listeners were called.
   * @param finished whether the answer said that it is finished
   */
  isWritten(finished: boolean): boolean;
}
