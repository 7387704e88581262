import { censored, credentialKind, namesUrl, wordsOf } from "./name.ts";
import { withoutQuery } from "./text.ts";

/**
 * Headers whose values may be read. Any gateway or app carries credentials in a header of its own naming (`cf-access-jwt-assertion`,
 * `x-acme-session`), so that those that may be read are listed, and not those that may not.
 */
const harmless = new Set(
  `:authority :method :scheme :status age allow alt-svc cache-control connection date dnt etag expect expires forwarded from host keep-alive
   last-modified origin pragma priority proxy-connection range retry-after server strict-transport-security te trailer transfer-encoding
   traceparent tracestate upgrade upgrade-insecure-requests user-agent vary via x-amzn-trace-id x-cloud-trace-context x-content-type-options
   x-correlation-id x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-frame-options x-powered-by x-real-ip x-request-id
   x-requested-with x-response-time x-trace-id`.split(/\s+/),
);
const harmlessFamily = /^(?:accept|access-control|content|if|ratelimit|sec-ch|sec-fetch|x-ratelimit)(?:-|$)/;

/** A copy of headers with each value judged by its header's name: nothing in it is judged again. */
export class CensoredHeaders {
  [name: string]: unknown;
}

/** Whether an object is headers, whatever it is called. */
export function isHeaders(value: object): boolean {
  if (value instanceof CensoredHeaders) return false;
  if (!("host" in value)) return false;
  if ("user-agent" in value || "accept" in value || "accept-encoding" in value) return true;
  return "connection" in value && /^(?:close|keep-alive|upgrade)$/i.test(String(value.connection));
}

/** Censors headers in any of their shapes: by name, as pairs, as objects with a name and a value, in one list, as lines. */
export class HeaderCensor {
  readonly #keeps: (words: readonly string[]) => boolean;

  /** @param keeps whether the app wants the values of a name to be seen */
  constructor(keeps: (words: readonly string[]) => boolean) {
    this.#keeps = keeps;
  }

  /** @param isSure whether it can be nothing else than headers; else a list can be the names of a table's columns */
  censor(headers: unknown, isSure: boolean): unknown {
    // a text of headers has lines with colons; others are titles of a table
    if (typeof headers === "string") return headers.includes(":") ? censored : headers;
    if (typeof headers !== "object" || headers === null) return headers;
    if (Array.isArray(headers)) return this.#list(headers, isSure);
    const copy = new CensoredHeaders();
    for (const name of Object.keys(headers)) {
      if (name !== "__proto__") copy[name] = this.value(name, Reflect.get(headers, name));
    }
    return copy;
  }

  /** The value of one header. */
  value(name: string, value: unknown): unknown {
    if (value === undefined || value === null || typeof value === "boolean") return value;
    const words = wordsOf(name);
    if (this.#keeps(words)) return value;
    if (credentialKind(words) !== undefined || !isText(value)) return censored;
    if (name !== ":path" && !namesUrl(words)) return isHarmless(name.toLowerCase()) ? value : censored;
    return typeof value === "string" ? withoutQuery(value) : censored;
  }

  #list(list: readonly unknown[], isSure: boolean): readonly unknown[] {
    if (list.length > 0 && list.every(isPair)) return list.map(([name, value]) => [name, this.value(name, value)]);
    if (list.every(isNamedValue)) return list.map((item) => ({ ...item, value: this.value(item.name, item.value) }));
    if (list.length > 0 && list.every(isLine)) return list.map((item) => this.#line(item));
    const alternates = isSure || list.some((item, index) => index % 2 === 0 && isHeaderName(item));
    if (!alternates) return list;
    return list.map((item, index) => (index % 2 === 0 ? item : this.#after(list, index)));
  }

  #after(list: readonly unknown[], index: number): unknown {
    const name = list[index - 1];
    return typeof name === "string" ? this.value(name, list[index]) : censored;
  }

  /** `name: value` */
  #line(line: string): string {
    const end = line.indexOf(":");
    const name = line.slice(0, end);
    return `${name}: ${this.value(name, line.slice(end + 1).trim())}`;
  }
}

function isText(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isText);
  return typeof value === "string" || typeof value === "number";
}

function isPair(item: unknown): item is readonly [string, unknown] {
  return Array.isArray(item) && item.length === 2 && typeof item[0] === "string";
}

function isNamedValue(item: unknown): item is { readonly name: string; readonly value: unknown } {
  return (
    typeof item === "object" && item !== null && "value" in item && "name" in item && typeof item.name === "string"
  );
}

function isLine(item: unknown): item is string {
  return typeof item === "string" && /^[\w-]+: ?\S/.test(item);
}

function isHeaderName(item: unknown): boolean {
  return (
    typeof item === "string" &&
    (/^x-./i.test(item) || isHarmless(item.toLowerCase()) || credentialKind(wordsOf(item)) !== undefined)
  );
}

function isHarmless(name: string): boolean {
  return harmless.has(name) || harmlessFamily.test(name);
}
