import { describeBodyError } from "./chat-request.js";
import { HttpError } from "./http-error.js";

/** @type {import("express").RequestHandler} */
export function notFound() {
  throw new HttpError(404, "there is no such thing here");
}

/**
 * For the methods that a path does not take.
 *
 * @param {string} method the one that it takes
 * @returns {import("express").RequestHandler}
 */
export function allowOnly(method) {
  return function refuseMethod() {
    throw new HttpError(405, `ask it with ${method}`, { allow: method });
  };
}

/**
 * Every error as JSON in our own words: an error's message may quote the request.
 *
 * @param {import("pino").Logger} logger
 * @returns {import("express").ErrorRequestHandler}
 */
export function answerErrors(logger) {
  return function answerError(error, _req, res, _next) {
    const known = httpErrorOf(error);
    if (known === undefined) logger.error({ component: "http", ...traitsOf(error) }, "a request failed");
    if (res.headersSent) {
      // the client must not take a broken answer for a whole one
      res.destroy();
      return;
    }
    const { status, message, headers } = known ?? new HttpError(500, "the answer failed; the server's log says more");
    res.status(status).set(headers).json({ error: message });
  };
}

/**
 * @param {unknown} error
 * @returns {HttpError | undefined}
 */
function httpErrorOf(error) {
  if (error instanceof HttpError) return error;
  const bodyError = describeBodyError(error);
  if (bodyError !== undefined) return bodyError;
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  if (status === 404) return new HttpError(404, "there is no such thing here");
  return typeof status === "number" && status >= 400 && status < 500
    ? new HttpError(status, "a bad request")
    : undefined;
}

/**
 * What the log may know of a fault: its class, and where it was thrown. Not its message, which also begins its stack.
 *
 * @param {unknown} error
 */
function traitsOf(error) {
  if (!(error instanceof Error)) return { errorType: typeof error };
  const { name, message, stack = "" } = error;
  const frames = stack
    .replace(message, "")
    .split("\n")
    .filter((line) => /^ {4}at .+:\d+:\d+\)?$/.test(line));
  return { errorType: name, stack: frames.join("\n") };
}
