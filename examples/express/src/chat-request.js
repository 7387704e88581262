import express from "express";
import * as v from "valibot";
import { HttpError } from "./http-error.js";

/** The most that one request may hold. */
const bodyLimit = "256kb";

const chatSchema = v.object({
  message: v.pipe(v.string(), v.nonEmpty()),
  messages: v.optional(
    v.pipe(
      v.array(v.object({ role: v.picklist(["user", "assistant", "system"]), content: v.string() })),
      v.maxLength(1000),
    ),
    [],
  ),
  /** Makes this answer repeatable. */
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4_294_967_295))),
});

/** @typedef {v.InferOutput<typeof chatSchema>} ChatRequest what was asked, and the conversation before it */

/** Reads a JSON body up to the limit; `describeBodyError` names what can go wrong. */
export const readBody = express.json({ limit: bodyLimit });

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
  if (issue.type === "object" && issue.received === "undefined") return `${field}: it is missing`;
  if (issue.type === "non_empty") return `${field}: expected a text that is not empty`;
  if (issue.type === "max_length") return `${field}: expected at most ${issue.requirement} of them`;
  return `${field}: expected ${issue.expected ?? "another value"}`;
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
