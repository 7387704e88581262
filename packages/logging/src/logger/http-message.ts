import { ClientRequest, IncomingMessage, OutgoingMessage } from "node:http";
import { shownUrl } from "./shown-url.ts";

/**
 * What is shown of a request or a response, whichever framework's it is: as they are, a line would hold all of their insides, with every
 * credential in lists that no name leads to. `undefined` for everything else, and for what cannot be looked at.
 */
export function plainMessage(value: object): object | undefined {
  try {
    if (isPlain(value)) return undefined;
    // Express's have a prototype that is no class's, too
    if (value instanceof IncomingMessage) return isAnswer(value) ? responseOf(value) : requestOf(value);
    if (value instanceof ClientRequest) return { ...requestOf(value), url: urlOf(value.path) };
    if (value instanceof OutgoingMessage) return responseOf(value);
    if (isMadeByHand(value)) return undefined;
    if (isRequestLike(value)) return requestOf(value);
    return isResponseLike(value) ? responseOf(value) : undefined;
  } catch {
    return undefined;
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

/** pino's serializers make objects with a prototype that is no class's; errors with headers and a status are no responses. */
function isMadeByHand(value: object): boolean {
  return !Object.hasOwn(Object.getPrototypeOf(value), "constructor") || value instanceof Error;
}

/** Node has one class for what a server is asked and what a client is answered. */
function isAnswer({ method, statusCode }: IncomingMessage): boolean {
  return typeof method !== "string" && typeof statusCode === "number";
}

function requestOf(request: object): object {
  return {
    method: textOf(Reflect.get(request, "method")),
    url: urlOf(Reflect.get(request, "url")),
    headers: headersOf(request),
  };
}

function responseOf(response: object): object {
  const status = statusOf(response);
  return { statusCode: typeof status === "number" ? status : undefined, headers: headersOf(response) };
}

function statusOf(response: object): unknown {
  return Reflect.get(response, "statusCode") ?? Reflect.get(response, "status");
}

/** Names are asked for before anything is read: a getter of a class that is no request is none of our business. */
function isRequestLike(value: object): boolean {
  return "headers" in value && "method" in value && "url" in value && isRecord(value.headers);
}

function isResponseLike(value: object): boolean {
  if ("statusCode" in value && "getHeaders" in value) return typeof value.getHeaders === "function";
  if (!("headers" in value && ("statusCode" in value || "status" in value))) return false;
  return typeof statusOf(value) === "number" && isRecord(value.headers);
}

/** A copy, censored where the line is written. */
function headersOf(message: object): object | undefined {
  const getHeaders: unknown = Reflect.get(message, "getHeaders");
  const headers: unknown =
    typeof getHeaders === "function" ? getHeaders.call(message) : Reflect.get(message, "headers");
  if (!isRecord(headers)) return undefined;
  return { ...(Symbol.iterator in headers ? Object.fromEntries(headers as Iterable<[string, unknown]>) : headers) };
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function urlOf(url: unknown): string | undefined {
  const text = textOf(url);
  return text === undefined ? undefined : shownUrl(text);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
