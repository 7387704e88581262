import { ServerError, ServerUnreachable } from "./completions-api.js";
import { HttpError, unavailable } from "./http-error.js";

/**
 * Why a model server did not answer, in words for whoever runs this app. Its own words stay here: they may quote the conversation.
 *
 * @param {unknown} error
 * @param {import("./settings.js").ModelServer} server
 * @returns {unknown} the error itself where nothing is known of it
 */
export function describeServerError(error, { apiKey }) {
  if (error instanceof ServerUnreachable) {
    return unavailable("the model server cannot be reached: is it running, and is BASE_URL right?", 5);
  }
  if (!(error instanceof ServerError)) return error;
  if (isTooLong(error)) return new HttpError(413, "the conversation is longer than the model can take: shorten it");
  switch (error.status) {
    case 401:
    case 403:
      return new HttpError(502, `the model server ${apiKey ? "refuses the key: check" : "wants a key: set"} API_KEY`);
    case 404:
      return new HttpError(502, describeNotFound(error));
    case 429:
    case 503:
      return unavailable("the model server is busy, or is loading its model: try again soon", 5);
    default:
      return new HttpError(502, `the model server failed${error.status ? ` with status ${error.status}` : ""}`);
  }
}

/**
 * By the code of llama-server and by that of OpenAI.
 *
 * @param {ServerError} error
 */
function isTooLong({ type, code }) {
  return type === "exceed_context_size_error" || code === "context_length_exceeded";
}

/**
 * Servers name what is missing, each in its own words.
 *
 * @param {ServerError} error
 */
function describeNotFound({ message }) {
  return /model/i.test(message)
    ? "the model server has no such model: check MODEL"
    : "the model server has no chat at this address: check BASE_URL, which usually ends in /v1";
}
