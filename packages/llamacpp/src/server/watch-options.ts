import { type Aiwatch, AiwatchError } from "@aiwatch/core";
import { describeReceived, invalidArgument, isObject, serverKey } from "@aiwatch/core/adapter";
import { type ServerKind, serverKinds } from "./server-reading.ts";
import type { Address } from "./server-requests.ts";

/** Which server is watched, and how. */
export interface WatchOptions {
  /** The server's address, with or without the path of an API: `http://127.0.0.1:8080`, `http://localhost:12434/engines/v1`. */
  readonly url: string | URL;
  /** The server's key (`--api-key`). @default the user and password in `url`, else none */
  readonly apiKey?: string | undefined;
  /** The instance that shows it. @default the first that was created, else one on prom-client's global registry that stands in for it */
  readonly aiwatch?: Aiwatch | undefined;
  /**
   * The server's name in the label `server`, in its health check and in `/health`, of up to 64 characters. Name your servers when you watch
   * several.
   * @default host, port and path of `url` in the label alone: anybody may read `/health`
   */
  readonly name?: string | undefined;
  /** What the server is. @default what it answers like */
  readonly kind?: ServerKind | undefined;
  /** How long a reading may take, and a scrape may wait for it, in milliseconds: 10 to 9000. @default 1000 */
  readonly timeoutMs?: number | undefined;
  /**
   * How often the server is also read when nobody asks, in milliseconds: 100 or more. It finds restarts between two scrapes, and less of what a
   * server counted before its end is lost.
   * @default never
   */
  readonly intervalMs?: number | undefined;
  /** Whether the app is not ready while the server is not. @default true */
  readonly critical?: boolean | undefined;
}

/** The options as they are used. */
export interface CheckedOptions extends Address {
  /** In the label `server`. */
  readonly server: string;
  /** What the app calls it. */
  readonly name: string | undefined;
  readonly kind: ServerKind | undefined;
  readonly intervalMs: number | undefined;
  readonly critical: boolean;
}

const longestInterval = 2 ** 31 - 1;
const nameLike = /^[^\p{Cc}]{1,64}$/u;

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what cannot be used: neither the key nor credentials in a URL are quoted */
export function checkOptions(options: WatchOptions): CheckedOptions {
  if (!isObject(options)) {
    const message = `watchLlamaServer() received ${describeReceived(options)}, expected its options, such as { url: "http://127.0.0.1:8080" }`;
    throw new AiwatchError("AIWATCH_INVALID_ARGUMENT", message);
  }
  const { apiKey, name, kind, timeoutMs = 1000, intervalMs, critical = true } = options;
  const url = checkUrl(options.url);
  checkKey(apiKey);
  const check = (option: string, value: unknown, isValid: boolean, expected: string) => {
    if (value !== undefined && !isValid) throw invalidArgument(optionNamed(option), value, expected);
  };
  check("name", name, typeof name === "string" && nameLike.test(name), "a name of up to 64 characters");
  check(
    "kind",
    kind,
    serverKinds.some((known) => known === kind),
    `one of ${serverKinds.join(", ")}`,
  );
  check("timeoutMs", timeoutMs, isWithin(timeoutMs, 10, 9000), "milliseconds, 10 to 9000");
  check("intervalMs", intervalMs, isWithin(intervalMs, 100, longestInterval), "milliseconds, 100 or more");
  check("critical", critical, typeof critical === "boolean", "true or false");
  const base = serverKey(url);
  const server = name ?? base.slice(url.protocol.length + "//".length);
  return { base, server, name, kind, timeoutMs, intervalMs, critical, authorization: authorizationOf(url, apiKey) };
}

function optionNamed(option: string): string {
  return `the option ${option} of watchLlamaServer()`;
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && value >= least && value <= most;
}

function checkUrl(value: unknown): URL {
  const text = value instanceof URL ? value.href : value;
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  const expected = 'a URL of http: or https:, such as "http://127.0.0.1:8080"';
  if (typeof text !== "string" || !text.includes("@")) throw invalidArgument(optionNamed("url"), value, expected);
  const message = `${optionNamed("url")} is a text with an @, which may hold a password, expected ${expected}`;
  throw new AiwatchError("AIWATCH_INVALID_ARGUMENT", message);
}

/** What no header can hold would be an error at each request. */
function checkKey(apiKey: unknown): void {
  if (apiKey === undefined || (typeof apiKey === "string" && /^[\x21-\x7e]+$/.test(apiKey))) return;
  const received = typeof apiKey === "string" ? "a text that no header can hold" : `a ${typeof apiKey}`;
  const message = `${optionNamed("apiKey")} is ${received}, expected the server's key: visible ASCII characters, without the word Bearer`;
  throw new AiwatchError("AIWATCH_INVALID_ARGUMENT", message);
}

function authorizationOf({ username, password }: URL, apiKey: string | undefined): string | undefined {
  if (apiKey !== undefined) return `Bearer ${apiKey}`;
  if (username === "" && password === "") return undefined;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}
