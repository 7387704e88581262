import type { IncomingMessage, ServerResponse } from "node:http";
import { invalidArgument } from "../base/errors.ts";

/** Whose pages may use AIWatch's routes: a list of origins, or `"*"` for everybody's. */
export type AllowedOrigins = readonly string[] | "*";

/** What a page may send: the reporter's and the panel's headers, and the one that `authorize` looks at. */
const allowedHeaders = "content-type, authorization, traceparent, tracestate, baggage, x-request-id";

/** What is known of a request before its body. */
export type RequestHead = Pick<IncomingMessage, "method" | "headers">;

/** A page's browser asks whether it may send its request. */
export function isPreflight({ method, headers }: RequestHead): boolean {
  return method === "OPTIONS" && headers.origin !== undefined && "access-control-request-method" in headers;
}

/** One route's answers to pages of other origins. */
export class CrossOrigin {
  readonly #origins: ReadonlySet<string>;
  readonly #everybody: boolean;
  readonly #methods: string;

  /** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is no origin: a browser would never send it */
  constructor(allowed: AllowedOrigins, methods: string) {
    this.#everybody = allowed === "*";
    this.#origins = new Set(allowed === "*" ? [] : readList(allowed));
    this.#methods = methods;
  }

  /** Whether any page may use it at all. */
  get isOpen(): boolean {
    return this.#everybody || this.#origins.size > 0;
  }

  allows({ headers: { origin } }: RequestHead): boolean {
    return this.#everybody || (origin !== undefined && this.#origins.has(origin));
  }

  /**
   * Lets an allowed page read the answer, and answers OPTIONS.
   * @returns whether it was one, and is answered
   */
  admit(req: IncomingMessage, res: ServerResponse): boolean {
    if (!this.allows(req)) return false;
    this.#allow(req, res);
    if (req.method !== "OPTIONS") return false;
    setAbsent(res, "access-control-allow-methods", this.#methods);
    setAbsent(res, "access-control-allow-headers", allowedHeaders);
    setAbsent(res, "access-control-max-age", "600");
    res.statusCode = 204;
    res.end();
    return true;
  }

  #allow({ headers: { origin = "*" } }: IncomingMessage, res: ServerResponse): void {
    // an app whose own middleware has decided who may read its answers keeps its word
    if (res.hasHeader("access-control-allow-origin")) return;
    res.setHeader("access-control-allow-origin", this.#everybody ? "*" : origin);
    // when to come again, and the id to find the line by: a page sees neither otherwise
    setAbsent(res, "access-control-expose-headers", "retry-after, x-request-id");
    if (this.#everybody) return;
    varyByOrigin(res);
    // `sendBeacon` always sends the user's cookies along, and its report is dropped without this; everybody's pages must not have them
    res.setHeader("access-control-allow-credentials", "true");
  }
}

function setAbsent(res: ServerResponse, name: string, value: string): void {
  if (!res.hasHeader(name)) res.setHeader(name, value);
}

/** Caches must keep an answer for each origin apart. What the app varies by stays. */
function varyByOrigin(res: ServerResponse): void {
  const vary = [res.getHeader("vary") ?? []].flat().join(", ");
  const names = vary.split(",").map((name) => name.trim().toLowerCase());
  if (names.includes("origin") || names.includes("*")) return;
  res.setHeader("vary", vary === "" ? "origin" : `${vary}, origin`);
}

const expected = 'origins such as "http://localhost:5173", or "*" in place of the list';

/** Plain JavaScript may give anything. */
function readList(allowed: unknown): string[] {
  if (!Array.isArray(allowed)) throw invalidArgument("allowedOrigins", allowed, `a list of ${expected}`);
  return allowed.map(readOrigin);
}

function readOrigin(origin: unknown): string {
  if (typeof origin === "string" && isSent(origin)) return origin;
  throw invalidArgument("allowedOrigins", origin, expected);
}

/** Whether a browser sends it: an origin of the web or of an app's own scheme (`capacitor://localhost`), or `null`, and none with a `*` in it. */
function isSent(text: string): boolean {
  const { origin } = URL.canParse(text) ? new URL(text) : {};
  // `localhost:5173` is a URL, of a scheme that is called localhost
  return text === "null" || (/^[a-z][a-z\d+.-]*:\/\/[^/?#@*\s]*$/.test(text) && (origin === text || origin === "null"));
}
