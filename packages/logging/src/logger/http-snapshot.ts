import { ClientRequest, IncomingMessage, OutgoingMessage } from "node:http";
import { withoutQuery } from "./text.ts";

/**
 * What is written of a request or a response, whichever framework's it is: as they are, a line would hold all of their insides, with every
 * credential in lists that no name leads to. `undefined` for everything else, and for what cannot be looked at. Headers are judged where they
 * are written.
 */
export function snapshotOf(value: object): object | undefined {
  try {
    if (isPlain(value)) return undefined;
    if (value instanceof IncomingMessage) return isAnswer(value) ? responseOf(value) : requestOf(value, value.url);
    if (value instanceof ClientRequest) return requestOf(value, value.path);
    if (value instanceof OutgoingMessage) return responseOf(value);
    return isMadeByHand(value) ? undefined : likeMessage(value);
  } catch {
    return undefined;
  }
}

/** Of any realm: what such an object holds can be seen by name. */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null || Array.isArray(value)) return true;
  return Object.getPrototypeOf(prototype) === null;
}

/** pino's serializers make objects with a prototype that is no class's; errors with headers and a status are no responses. */
function isMadeByHand(value: object): boolean {
  return !Object.hasOwn(Object.getPrototypeOf(value), "constructor") || value instanceof Error;
}

/** Node has one class for what a server is asked and what a client is answered. */
function isAnswer({ method, statusCode }: IncomingMessage): boolean {
  return typeof method !== "string" && typeof statusCode === "number";
}

/** A class of a framework: what JSON would not show of it is behind its getters. It is checked for the names before any of them is read. */
function likeMessage(value: object): object | undefined {
  if ("statusCode" in value && "getHeaders" in value) return responseOf(value);
  if (!("headers" in value) || Object.hasOwn(value, "headers")) return undefined;
  if ("method" in value && "url" in value) return requestOf(value, value.url);
  return "status" in value || "statusCode" in value ? responseOf(value) : undefined;
}

/** `undefined` for what turns out to have no headers. */
function requestOf(request: object, url: unknown): object | undefined {
  const headers = headersOf(request);
  const method: unknown = Reflect.get(request, "method");
  const shown = { method: textOf(method), url: typeof url === "string" ? withoutQuery(url) : undefined, headers };
  return headers === undefined && !(request instanceof IncomingMessage) ? undefined : shown;
}

function responseOf(response: object): object | undefined {
  const headers = headersOf(response);
  const status: unknown = Reflect.get(response, "statusCode") ?? Reflect.get(response, "status");
  const isNode = response instanceof IncomingMessage || response instanceof OutgoingMessage;
  if (!isNode && (headers === undefined || typeof status !== "number")) return undefined;
  return { statusCode: typeof status === "number" ? status : undefined, headers };
}

function headersOf(message: object): object | undefined {
  const getHeaders: unknown = Reflect.get(message, "getHeaders");
  const headers: unknown =
    typeof getHeaders === "function" ? getHeaders.call(message) : Reflect.get(message, "headers");
  if (typeof headers !== "object" || headers === null) return undefined;
  return Symbol.iterator in headers ? Object.fromEntries(headers as Iterable<[string, unknown]>) : { ...headers };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
