import { HttpError } from "./http-error.js";

/**
 * Every error as JSON in our own words. A fault's message may quote the request: it goes nowhere.
 *
 * @param {import("pino").Logger} logger
 */
export function answerErrors(logger) {
  /**
   * @param {Error & { statusCode?: number, validation?: unknown }} error
   * @param {import("fastify").FastifyRequest} _request
   * @param {import("fastify").FastifyReply} reply
   */
  return function answerError(error, _request, reply) {
    const { statusCode = 500, name } = error;
    reply.type("application/json; charset=utf-8"); // it was that of the answer
    if (statusCode === 503) reply.header("retry-after", "2");
    if (error instanceof HttpError || statusCode < 500) return reply.code(statusCode).send({ error: wordsOf(error) });
    // the stream of a client that left before its first word is broken off, which is no fault
    if (!reply.raw.destroyed) logger.error({ component: "http", errorType: name }, "a request failed");
    return reply.code(500).send({ error: "the answer failed; the server's log says more" });
  };
}

/** @param {Error & { statusCode?: number, validation?: unknown }} error */
function wordsOf(error) {
  if (error instanceof HttpError || error.validation !== undefined) return error.message;
  switch (error.statusCode) {
    case 413:
      return "the body is too large";
    case 415:
      return "send JSON, with content-type: application/json";
    default:
      return "a bad request";
  }
}
