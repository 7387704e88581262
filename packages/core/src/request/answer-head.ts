import { ServerResponse } from "node:http";
import { http2StreamOf } from "./http2-end.ts";
import { type Mark, mark, markedOf, markOf, type WriteHead } from "./mark.ts";

const header = "x-request-id";

/**
 * Adds `x-request-id` when the app's answer gets its head, unless the app names the request itself. A header that is set before makes Node read
 * what the app hands to `writeHead` in another way: it would keep only the last cookie of a list.
 * @param as where the name is kept
 */
export function nameAnswer(res: ServerResponse, requestId: string, as: Mark): void {
  if (nameOf(res) !== undefined || res.headersSent || !canBeNamed(res) || !mark(res, as)) return;
  as.answerId = requestId;
  if (Object.hasOwn(res, "writeHead")) as.ownWriteHead = res.writeHead as WriteHead;
  Reflect.defineProperty(res, "writeHead", namedHead);
}

const namedHead = { get: getWriteHead, set: setWriteHead, configurable: true };

function getWriteHead(): typeof writeHeadNamed {
  return writeHeadNamed;
}

/** What is put in its place is a property as it would be without us. */
function setWriteHead(this: ServerResponse, value: unknown): void {
  Reflect.defineProperty(this, "writeHead", { value, configurable: true, enumerable: true, writable: true });
}

/** The name that an answer will have where the app gives it no other. Another instance may have chosen it. */
export function nameOf(res: ServerResponse): string | undefined {
  return markOf(res)?.answerId;
}

/** The status that the client was sent. An app may set another one afterwards, which nobody gets. */
export function sentStatusOf(res: ServerResponse): number {
  return markOf(res)?.sentStatus ?? res.statusCode;
}

const usedMethods = ["writeHead", "hasHeader", "getHeaderNames", "setHeader", "removeHeader"] as const;

/** Adapters and test doubles may have half a response. */
function canBeNamed(res: ServerResponse): boolean {
  return usedMethods.every((name) => typeof res[name] === "function");
}

/** One function for all responses: each calls it as its method. */
function writeHeadNamed(this: ServerResponse, ...args: unknown[]): ServerResponse {
  const as = markOf(this);
  if (as?.answerId === undefined) return Object.getPrototypeOf(this).writeHead.apply(this, args);
  const write: WriteHead = as.ownWriteHead ?? Object.getPrototypeOf(markedOf(this)).writeHead;
  const written = writeNamed(this, as.answerId, write, args);
  // what a middleware in front of the door keeps for later was not sent
  if (this.headersSent) as.sentStatus ??= this.statusCode;
  return written;
}

/** Where a head cannot be written, none of ours stays behind. */
function writeNamed(res: ServerResponse, requestId: string, write: WriteHead, args: unknown[]): ServerResponse {
  const given = headersIndex(args);
  if (res.headersSent || res.hasHeader(header) || namesRequest(args[given])) return write.apply(res, args);
  try {
    if (isProgressive(res)) {
      res.setHeader(header, requestId);
      return write.apply(res, args);
    }
    // who writes heads otherwise may set some of the headers first, and Node takes no pairs then
    if (isListOfPairs(args[given]) && write !== ServerResponse.prototype.writeHead) return write.apply(res, args);
    const headers = addTo(args[given], requestId);
    if (headers === undefined) return write.apply(res, args);
    args[given] = headers;
    return write.apply(res, args);
  } finally {
    if (!res.headersSent) res.removeHeader(header);
  }
}

/** Whether Node makes the head of the headers that were set, even if they were all removed again. HTTP/2 has no other way. */
function isProgressive(res: ServerResponse): boolean {
  if (http2StreamOf(res) !== undefined) return true;
  outHeaders ??= Object.getOwnPropertySymbols(res).find(({ description }) => description === "kOutHeaders");
  return outHeaders === undefined ? res.getHeaderNames().length > 0 : Boolean(Reflect.get(res, outHeaders));
}

/** Where Node keeps the headers that are set; the symbol is not exported, and a release may be without it. */
let outHeaders: symbol | undefined;

/** Where the headers are among `(status, headers)` and `(status, message, headers)`. */
function headersIndex(args: readonly unknown[]): 1 | 2 {
  return typeof args[1] === "string" || (args[2] ?? undefined) !== undefined ? 2 : 1;
}

/** The headers with one more, in the form that the app gave. @returns undefined where there is no such form */
function addTo(headers: unknown, requestId: string): unknown {
  if (headers === undefined || headers === null || isEmptyList(headers)) return { [header]: requestId };
  if (Array.isArray(headers)) {
    if (isListOfPairs(headers)) return [...headers, [header, requestId]];
    // Node's error about a list of odd length shows it
    return headers.length % 2 === 0 ? [...headers, header, requestId] : undefined;
  }
  // a Map or Headers has no headers of its own that could be copied
  return isPlain(headers) || Object.keys(headers).length > 0 ? { ...headers, [header]: requestId } : undefined;
}

function namesRequest(headers: unknown): boolean {
  if (typeof headers !== "object" || headers === null) return false;
  if (!Array.isArray(headers)) return hasHeader(headers);
  if (isListOfPairs(headers)) return headers.some((pair) => Array.isArray(pair) && isHeader(pair[0]));
  return headers.some((name, index) => index % 2 === 0 && isHeader(name));
}

/** Without a list of the names, which would be made for each answer. */
function hasHeader(headers: object): boolean {
  for (const name in headers) if (isHeader(name) && Object.hasOwn(headers, name)) return true;
  return false;
}

function isHeader(name: unknown): boolean {
  return typeof name === "string" && name.length === header.length && name.toLowerCase() === header;
}

function isListOfPairs(headers: unknown): boolean {
  return Array.isArray(headers) && Array.isArray(headers[0]);
}

function isEmptyList(headers: unknown): boolean {
  return Array.isArray(headers) && headers.length === 0;
}

function isPlain(headers: object): boolean {
  const prototype = Object.getPrototypeOf(headers);
  return prototype === Object.prototype || prototype === null;
}
