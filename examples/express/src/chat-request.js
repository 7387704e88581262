import express from "express";
import * as v from "valibot";
import { HttpError } from "./http-error.js";

/** The most that one request may hold. */
const bodyLimit = "256kb";

// each schema's message is what is expected, in plain words

const turnSchema = v.object(
  {
    role: v.picklist(["user", "assistant", "system"], "user, assistant or system"),
    content: v.string("a text"),
  },
  "an object",
);

const seedWords = "a whole number from 0 to 4294967295";

const chatSchema = v.object(
  {
    message: v.pipe(v.string("a text"), v.nonEmpty("a text that is not empty")),
    messages: v.optional(v.pipe(v.array(turnSchema, "a list"), v.maxLength(1000, "at most 1000 of them")), []),
    /** Makes this answer repeatable. */
    seed: v.optional(
      v.pipe(v.number(seedWords), v.integer(seedWords), v.minValue(0, seedWords), v.maxValue(4_294_967_295, seedWords)),
    ),
  },
  "an object",
);

/** @typedef {v.InferOutput<typeof chatSchema>} ChatRequest what was asked, and the conversation before it */

/** Reads a JSON body of any kind up to the limit; `describeBodyError` names what can go wrong. */
export const readBody = express.json({ limit: bodyLimit, strict: false });

/**
 * @param {import("express").Request} req
 * @returns {ChatRequest}
 * @throws HttpError 415 or 400, naming the field and never what it held
 */
export function chatRequestOf(req) {
  if (!req.is("application/json")) throw new HttpError(415, "send JSON, with content-type: application/json");
  const parsed = v.safeParse(chatSchema, req.body);
  if (parsed.success) return parsed.output;
  throw new HttpError(400, describeIssue(parsed.issues[0]));
}

/**
 * Which field is wrong and what it must be.
 *
 * @param {v.InferIssue<typeof chatSchema>} issue
 */
function describeIssue(issue) {
  const field = v.getDotPath(issue) ?? "the body";
  return issue.received === "undefined" ? `${field}: it is missing` : `${field}: expected ${issue.message}`;
}

/** @type {Readonly<Record<string, HttpError>>} */
const bodyErrors = {
  "entity.parse.failed": new HttpError(400, "the body is not valid JSON"),
  "entity.too.large": new HttpError(413, `the body is larger than ${bodyLimit}: shorten the conversation`),
  "request.size.invalid": new HttpError(400, "the body is not as long as content-length says"),
  "charset.unsupported": new HttpError(415, "the body must be UTF-8"),
  "encoding.unsupported": new HttpError(415, "the body's content-encoding is not supported"),
};

/**
 * What `express.json()` refused. Its own message quotes the body, so ours takes its place.
 *
 * @param {unknown} error
 * @returns {HttpError | undefined}
 */
export function describeBodyError(error) {
  return error instanceof Error && "type" in error ? bodyErrors[String(error.type)] : undefined;
}
