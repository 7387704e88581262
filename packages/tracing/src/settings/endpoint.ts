import { invalidSetting } from "@aiwatch/core";

/** Where spans are sent. */
export interface Endpoint {
  /** The full URL, without credentials. */
  readonly url: string;
  /** The URL for people: without credentials and without its query, which can hold keys. */
  readonly shown: string;
  /** What the URL's `user:password@` stood for. */
  readonly authorization?: string;
}

const expected = "host:port such as jaeger:4318, or an http(s) URL such as http://jaeger:4318";
const signalPath = "/v1/traces";
/** OTLP over HTTP, where a host is given without a port. */
const defaultPort = "4318";

/**
 * Reads an endpoint as people write it: `jaeger:4318` is `http://jaeger:4318/v1/traces`.
 * @param name the option or variable that holds it, for the error
 * @param exact the URL is the signal's own: no path is appended
 * @throws AiwatchError `AIWATCH_INVALID_SETTING`, quoting the text without its credentials and query
 */
export function parseEndpoint(name: string, text: string, exact = false): Endpoint {
  const url = urlOf(text.trim());
  if (url === undefined) throw invalidSetting(name, withoutSecrets(text.trim()), expected);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  url.hash = "";
  if (!exact && !url.pathname.endsWith(signalPath)) url.pathname = url.pathname.replace(/\/*$/, signalPath);
  return {
    url: url.href,
    shown: url.origin + url.pathname,
    ...((username !== "" || password !== "") && { authorization: basic(username, password) }),
  };
}

function urlOf(text: string): URL | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0].toLowerCase();
  if (scheme !== undefined && scheme !== "http://" && scheme !== "https://") return undefined;
  try {
    const url = new URL(scheme === undefined ? `http://${text}` : text);
    if (scheme === undefined && !/:\d+(?:[/?#]|$)/.test(text)) url.port = defaultPort;
    // a password with a slash in it ends the host too early, and its rest would be shown
    return url.pathname.includes("@") ? undefined : url;
  } catch {
    return undefined;
  }
}

function basic(username: string, password: string): string {
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `user:password@` and the query masked, in a text that need not be a URL. */
function withoutSecrets(text: string): string {
  return text.replace(/\?.*$/s, "?***").replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, "$1***@");
}
