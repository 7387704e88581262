import { censored, namesCredential, namesUrl, plainName } from "./names.ts";
import { shownUrl } from "./shown-url.ts";

/**
 * Headers whose values may be read. Any gateway or app carries credentials in a header of its own naming (`cf-access-jwt-assertion`,
 * `x-acme-session`), so that those that may be shown are listed, and not those that may not.
 */
const shown = new Set(
  `:authority :method :scheme :status age allow alt-svc cache-control connection date dnt etag expect expires forwarded from host keep-alive
   last-modified origin pragma priority proxy-connection range retry-after server strict-transport-security te trailer transfer-encoding
   traceparent tracestate upgrade upgrade-insecure-requests user-agent vary via x-amzn-trace-id x-cloud-trace-context x-content-type-options
   x-correlation-id x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-frame-options x-powered-by x-real-ip x-request-id
   x-requested-with x-response-time x-trace-id`.split(/\s+/),
);
const shownFamily = /^(?:accept|access-control|content|if|ratelimit|sec-ch|sec-fetch|x-ratelimit)(?:-|$)/;

/** A copy of headers in which each value may stand in a line: nothing in it is judged again. */
export class ShownHeaders {
  [name: string]: unknown;
  readonly #isShown = true;

  /** Asks no prototype: a proxy would hear of it. */
  static is(value: object): boolean {
    return #isShown in value;
  }
}

/** @param keeps whether the app wants the values of a plain name shown */
export function createHeaderRule(keeps: (plain: string) => boolean) {
  const shownHeader = (name: string, value: unknown): unknown => {
    const plain = plainName(name);
    if (value === undefined || value === null || keeps(plain)) return value;
    if (namesCredential(plain)) return censored;
    if (namesUrl(plain) || plain === "path") return typeof value === "string" ? shownUrl(value) : censored;
    return isShown(name.toLowerCase()) ? value : censored;
  };

  /** Names and values in turn, as in Node's `rawHeaders`. */
  const flat = (list: readonly unknown[]) =>
    list.map((item, index) => (index % 2 === 0 ? item : shownHeader(String(list[index - 1]), item)));

  const ofList = (list: readonly unknown[], raw: boolean): readonly unknown[] => {
    if (list.every(isPair)) return list.map(([name, value]) => [name, shownHeader(name, value)]);
    const named = list.some((item, index) => index % 2 === 0 && isHeaderName(item));
    return raw || named ? flat(list) : list;
  };

  /** Headers in any of their shapes: by name, as pairs, as one list, or as they are sent. */
  return (headers: unknown, raw = false): unknown => {
    if (typeof headers === "string") return censored;
    if (typeof headers !== "object" || headers === null) return headers;
    if (Array.isArray(headers)) return ofList(headers, raw);
    const copy = new ShownHeaders();
    for (const [name, value] of Object.entries(headers)) copy[name] = shownHeader(name, value);
    return copy;
  };
}

function isShown(name: string): boolean {
  return shown.has(name) || shownFamily.test(name);
}

function isPair(item: unknown): item is readonly [string, unknown] {
  return Array.isArray(item) && item.length === 2 && typeof item[0] === "string";
}

function isHeaderName(item: unknown): boolean {
  return typeof item === "string" && (isShown(item.toLowerCase()) || namesCredential(plainName(item)));
}
