import type { IncomingMessage } from "node:http";
import * as v from "valibot";
import { Refusal } from "./answer.ts";

/** The most that a posted report may hold. */
export const bodyLimitBytes = 8192;

/**
 * The request's JSON, checked against `schema`. Takes the body that `express.json()` parsed before, or reads it.
 * @throws Refusal 415, 413 or 400, whose message quotes nothing of the body
 */
export async function readJsonBody<Schema extends v.GenericSchema>(
  req: IncomingMessage & { readonly body?: unknown },
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  if (!isJson(req.headers["content-type"])) throw new Refusal(415, "the body must be application/json");
  const declared = Number(req.headers["content-length"] ?? 0);
  if (declared > bodyLimitBytes) throw tooLarge();
  const body = req.body ?? (await readJson(req));
  if (Array.isArray(body)) throw new Refusal(400, "the body: expected an object");
  const parsed = v.safeParse(schema, body);
  if (!parsed.success) throw new Refusal(400, describeIssue(parsed.issues[0]));
  return parsed.output;
}

/** Whatever its parameters. */
function isJson(contentType = ""): boolean {
  return /^\s*application\/json\s*(;|$)/i.test(contentType);
}

async function readJson(req: IncomingMessage): Promise<unknown> {
  if (req.readableEnded) throw new Refusal(400, "the body was read before and not left on the request");
  if (req.destroyed) throw new Refusal(400, "the body could not be read");
  const body = await readBody(req);
  try {
    // a byte order mark is left out
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new Refusal(400, "the body is not valid JSON");
  }
}

/**
 * By hand, since raw-body brings tables of all encodings: half a megabyte in a bundle. What is over the limit is not read: the answer closes the
 * connection.
 */
function readBody(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let left = bodyLimitBytes;
    const settle = (action: () => void) => {
      req.off("data", read).off("end", ended).off("error", broken).off("close", broken);
      action();
    };
    const ended = () => settle(() => resolve(Buffer.concat(chunks)));
    const broken = () => settle(() => reject(new Refusal(400, "the body could not be read")));
    const read = (chunk: Buffer | string) => {
      const bytes = Buffer.from(chunk);
      left -= bytes.length;
      if (left >= 0) chunks.push(bytes);
      else {
        req.pause();
        settle(() => reject(tooLarge()));
      }
    };
    req.on("data", read).on("end", ended).on("error", broken).on("close", broken);
  });
}

function tooLarge(): Refusal {
  return new Refusal(413, `the body may hold at most ${bodyLimitBytes} bytes`, { connection: "close" });
}

/** Which field is wrong and what it must be; never what it held. */
function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue as v.BaseIssue<unknown> & { path?: never }) ?? "the body";
  return `${path}: expected ${issue.expected ?? "another value"}`;
}
