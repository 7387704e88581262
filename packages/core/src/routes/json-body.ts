import type { IncomingMessage } from "node:http";
import getRawBody from "raw-body";
import typeis from "type-is";
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
  if (typeis(req, ["application/json"]) === false) throw new Refusal(415, "the body must be application/json");
  const declared = Number(req.headers["content-length"] ?? 0);
  if (declared > bodyLimitBytes) throw tooLarge();
  const body = req.body ?? (await readJson(req));
  if (Array.isArray(body)) throw new Refusal(400, "the body: expected an object");
  const parsed = v.safeParse(schema, body);
  if (!parsed.success) throw new Refusal(400, describeIssue(parsed.issues[0]));
  return parsed.output;
}

async function readJson(req: IncomingMessage): Promise<unknown> {
  if (req.readableEnded) throw new Refusal(400, "the body was read before and not left on the request");
  try {
    return JSON.parse(await getRawBody(req, { limit: bodyLimitBytes, encoding: "utf-8" }));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refusal(400, "the body is not valid JSON");
    if (error instanceof Error && "type" in error && error.type === "entity.too.large") throw tooLarge();
    throw new Refusal(400, "the body could not be read");
  }
}

function tooLarge(): Refusal {
  return new Refusal(413, `the body may hold at most ${bodyLimitBytes} bytes`, { connection: "close" });
}

/** Which field is wrong and what it must be; never what it held. */
function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue as v.BaseIssue<unknown> & { path?: never }) ?? "the body";
  return `${path}: expected ${issue.expected ?? "another value"}`;
}
