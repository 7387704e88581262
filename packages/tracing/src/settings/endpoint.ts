import { type Environment, invalidSetting, noteReading, readRow, readVariable } from "@aiwatch/core/adapter";
import { type OtlpProtocol, tracingRows } from "./rows.ts";

/** Where spans are sent. */
export interface Endpoint {
  /** The full URL, without credentials. */
  readonly url: string;
  /** The URL for people: without credentials and without its query, which can hold keys. */
  readonly shown: string;
  /** What the URL's `user:password@` stood for. */
  readonly authorization?: string;
}

/** What an endpoint is where its text leaves it open. */
interface EndpointRules {
  readonly grpc?: boolean;
  /** The URL is the signal's own: no path is appended. */
  readonly exact?: boolean;
  /** What `host:port` stands for. @default "http" */
  readonly scheme?: "http" | "https";
}

const signalPath = "/v1/traces";

/**
 * Reads an endpoint as people write it: `jaeger:4318` is `http://jaeger:4318/v1/traces`. One for gRPC keeps its scheme, host and port alone.
 * @param name the option or variable that holds it, for the error
 * @throws AiwatchError `AIWATCH_INVALID_SETTING`, quoting the text without its credentials and query
 */
export function parseEndpoint(name: string, text: string, rules: EndpointRules = {}): Endpoint {
  const { grpc = false, exact = false } = rules;
  const url = urlOf(text.trim(), rules);
  if (url === undefined) throw invalidSetting(name, withoutSecrets(text.trim()), expected(grpc));
  const { username, password } = url;
  if (!grpc && !exact && !url.pathname.endsWith(signalPath)) url.pathname = url.pathname.replace(/\/*$/, signalPath);
  url.username = "";
  url.password = "";
  url.hash = "";
  return {
    url: grpc ? url.origin : url.href,
    shown: grpc ? url.origin : url.origin + url.pathname,
    ...((username !== "" || password !== "") && { authorization: basic(username, password) }),
  };
}

function expected(grpc: boolean): string {
  const port = grpc ? 4317 : 4318;
  // the exporter takes a URL's host and port, and a URL has no port where it is its scheme's own: gRPC would go to 443
  const but = grpc ? "; gRPC without TLS is not possible on port 80" : "";
  return `host:port such as jaeger:${port}, or an http(s) URL such as http://jaeger:${port}${but}`;
}

function urlOf(text: string, { grpc = false, scheme = "http" }: EndpointRules): URL | undefined {
  const given = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0].toLowerCase();
  if (given !== undefined && given !== "http://" && given !== "https://") return undefined;
  try {
    const url = new URL(given === undefined ? `${scheme}://${text}` : text);
    const hasPort = /:\d+(?:[/?#]|$)/.test(text);
    if (!hasPort && given === undefined) url.port = grpc ? "4317" : "4318";
    if (grpc && url.protocol === "http:" && url.port === "") {
      if (hasPort) return undefined;
      url.port = "4317";
    }
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

const { endpoint: ownRow, tracesEndpoint: signalRow, otlpEndpoint: generalRow } = tracingRows;
const [ours] = ownRow.variables;
const [signal] = signalRow.variables;
const [general] = generalRow.variables;
const rowsByVariable: ReadonlyMap<string, typeof ownRow> = new Map([
  [ours, ownRow],
  [signal, signalRow],
  [general, generalRow],
]);

/** The endpoint of the option or of the environment; `undefined` where neither has one. */
export function readEndpoint(
  option: string | undefined,
  protocol: OtlpProtocol,
  environment: Environment,
): Endpoint | undefined {
  const grpc = protocol === "grpc";
  if (option !== undefined) {
    if (typeof option !== "string") throw invalidSetting("the option endpoint", option, expected(grpc));
    return noted(ownRow, "option", parseEndpoint("the option endpoint", option, { grpc }));
  }
  const found = readVariable([ours, signal, general], environment);
  if (found === undefined) {
    for (const row of rowsByVariable.values()) noteReading(row, "default", undefined);
    return undefined;
  }
  const { variable, text } = found;
  const exact = variable === signal;
  // OpenTelemetry's variables mean TLS where a gRPC endpoint has no scheme, unless they say otherwise; ours, as in the original, do not
  const scheme = grpc && variable !== ours && !readRow(tracingRows.insecure, undefined, environment) ? "https" : "http";
  return noted(rowsByVariable.get(variable), variable, parseEndpoint(variable, text, { grpc, exact, scheme }));
}

function noted(row: typeof ownRow | undefined, from: string, endpoint: Endpoint): Endpoint {
  if (row !== undefined) noteReading(row, from, undefined, endpoint.shown);
  return endpoint;
}

/** Where the Collector and Jaeger listen by default. */
export function defaultEndpoint(protocol: OtlpProtocol): Endpoint {
  const grpc = protocol === "grpc";
  return parseEndpoint("endpoint", grpc ? "http://localhost:4317" : "http://localhost:4318", { grpc });
}

/** `user:password@` and the query masked, in a text that need not be a URL. */
export function withoutSecrets(text: string): string {
  // a password with a question mark in it looks like a query: where an @ follows, either can be meant
  const masked = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*?\?.*@.*$/is, "$1***");
  return masked.replace(/\?.*$/s, "?***").replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, "$1***@");
}
