import type { IncomingMessage } from "node:http";
import { types } from "node:util";
import * as v from "valibot";
import { clearTimeout, setTimeout } from "../base/time.ts";
import { HttpError } from "../routes/answer.ts";
import { bodyLimitBytes } from "../routes/unread-body.ts";

/** How long a client may take to send one. */
export const bodyTimeoutMs = 10_000;

/** A request, with what a parser of the app has left on it. */
type Posted = IncomingMessage & { readonly body?: unknown };

/**
 * The request's JSON, checked against `schema`. Takes what a body parser of the app left on the request, parsed or not, or reads it.
 * @throws HttpError 415, 413, 408 or 400, whose message quotes nothing of the body
 */
export async function readJsonBody<Schema extends v.GenericSchema>(
  req: Posted,
  schema: Schema,
  limitBytes = bodyLimitBytes,
): Promise<v.InferOutput<Schema>> {
  checkType(req);
  const declared = Number(req.headers["content-length"]);
  if (declared > limitBytes) throw tooLarge(limitBytes);
  // parsers make an empty object of it
  if (declared === 0) throw notJson();
  const body = isLeftOn(req) ? readLeft(req.body, limitBytes) : parse(await readBody(req, limitBytes));
  const parsed = v.safeParse(schema, body);
  if (!parsed.success) throw new HttpError(400, describeIssue(parsed.issues[0]));
  return parsed.output;
}

/** @throws HttpError 415 for what is not said to be JSON */
export function checkType({ headers }: IncomingMessage): void {
  if (!isJson(headers["content-type"])) throw new HttpError(415, "the body must be application/json, in UTF-8");
}

/** An object as JSON has them. Lists have fields, too, and pass for objects otherwise. */
export const jsonObject = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(v.custom<object>(isObject, "an object"), v.object(entries));

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON is UTF-8, whatever a browser says of it. */
function isJson(contentType = ""): boolean {
  const [, parameters] = /^\s*application\/json\s*(?:;(.*))?$/is.exec(contentType) ?? [];
  if (parameters === undefined) return /^\s*application\/json\s*$/i.test(contentType);
  const charset = /(?:^|;)\s*charset\s*=\s*"?([^";\s]*)/i.exec(parameters)?.[1];
  return charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset);
}

/** Express 4's parsers leave `{}` where they parsed nothing: the body is still to be read then. */
function isLeftOn(req: Posted): boolean {
  if (req.body === undefined) return false;
  const isEmpty = isObject(req.body) && Object.keys(req.body as object).length === 0;
  return !isEmpty || req.readableDidRead || req.readableEnded;
}

/** What `express.json()`, `express.text()` and `express.raw()` make of a body. However it came, it may be as large as one that is read here. */
function readLeft(body: unknown, limitBytes: number): unknown {
  if (types.isUint8Array(body)) return parse(limited(body, limitBytes));
  if (typeof body === "string") return parse(limited(Buffer.from(body), limitBytes));
  limited(Buffer.from(textOf(body)), limitBytes);
  return body;
}

/** What a parser of the app's own making left may be no JSON at all. */
function textOf(body: unknown): string {
  try {
    return JSON.stringify(body) ?? "";
  } catch {
    throw notJson();
  }
}

function limited(bytes: Uint8Array, limitBytes: number): Uint8Array {
  if (bytes.length > limitBytes) throw tooLarge(limitBytes);
  return bytes;
}

function parse(body: Uint8Array): unknown {
  try {
    // a byte order mark is left out
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw notJson();
  }
}

/**
 * By hand, since raw-body brings tables of all encodings: half a megabyte in a bundle. What is over the limit is not read: the answer closes the
 * connection.
 */
function readBody(req: IncomingMessage, limitBytes: number): Promise<Buffer> {
  if (req.headers["content-encoding"] !== undefined && !/^\s*identity\s*$/i.test(req.headers["content-encoding"]))
    throw new HttpError(415, "the body must not be compressed");
  if (req.readableEnded) throw new HttpError(400, "the body was read before and not left on the request");
  if (req.destroyed) throw new HttpError(400, "the body could not be read");
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let left = limitBytes;
    const settle = (action: () => void) => {
      clearTimeout(timer);
      req.off("data", read).off("end", ended).off("error", broken).off("close", broken);
      action();
    };
    const refuse = (error: HttpError) => {
      req.pause();
      settle(() => reject(error));
    };
    const ended = () => settle(() => resolve(Buffer.concat(chunks)));
    const broken = () => settle(() => reject(new HttpError(400, "the body could not be read")));
    const timer = setTimeout(() => refuse(tooSlow()), bodyTimeoutMs).unref();
    const read = (chunk: Buffer | string) => {
      const bytes = Buffer.from(chunk);
      left -= bytes.length;
      if (left >= 0) chunks.push(bytes);
      else refuse(tooLarge(limitBytes));
    };
    req.on("data", read).on("end", ended).on("error", broken).on("close", broken);
  });
}

function notJson(): HttpError {
  return new HttpError(400, "the body is not valid JSON");
}

function tooLarge(limitBytes: number): HttpError {
  return new HttpError(413, `the body may hold at most ${limitBytes} bytes`);
}

function tooSlow(): HttpError {
  return new HttpError(408, `the body did not come within ${bodyTimeoutMs / 1000} s`);
}

/** Which field is wrong and what it must be; never what it held. */
function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue as v.BaseIssue<unknown> & { path?: never }) ?? "the body";
  // an object of ours is a custom check, which valibot calls unknown
  return `${path}: expected ${issue.type === "custom" ? "an object" : (issue.expected ?? "another value")}`;
}
