import { watchLlamaServer } from "@aiwatch/llamacpp/server";
import { observeFetch } from "@aiwatch/openai";
import { completionsApi, ServerError, ServerUnreachable } from "./completions-api.js";
import { HttpError } from "./http-error.js";

/** Answers that the server is asked at once. */
const atOnce = 4;
const longestAnswer = 2048;

/**
 * A model behind HTTP: llama-server, Docker Model Runner, Ollama, or another server that speaks OpenAI's API. `observeFetch` is all that it
 * takes to observe the calls; `watchLlamaServer` adds what the server says of itself.
 *
 * @param {import("./settings.js").ModelServer} server
 * @param {import("@aiwatch/core").Aiwatch} aiwatch
 * @returns {import("./chat.js").ChatModel}
 */
export function connectModel({ baseUrl, model, apiKey }, aiwatch) {
  const observed = observeFetch(fetch, { aiwatch, includeUsage: true }); // some servers count tokens only when asked
  const api = completionsApi({ baseUrl, apiKey }, observed);
  const watch = watchLlamaServer({ url: baseUrl, apiKey, aiwatch, critical: false });
  return {
    atOnce,
    isReady: () => isReady(watch, api),
    checkLength: () => {}, // the server itself refuses what is too long
    async answer(request, signal, onText) {
      try {
        await pass(api.chat(chatOf(request, model), signal), onText);
      } catch (error) {
        signal.throwIfAborted();
        throw describe(error);
      }
    },
  };
}

/**
 * @param {import("./chat.js").ChatRequest} request
 * @param {string} model
 */
function chatOf({ message, messages = [] }, model) {
  return {
    model,
    messages: [...messages, { role: "user", content: message }],
    max_tokens: longestAnswer,
    temperature: 0.8,
  };
}

/**
 * Passes an answer's text on. A connection that closes in mid-answer may look like its end.
 *
 * @param {AsyncIterable<import("./completions-api.js").Chunk>} chunks
 * @param {(text: string) => void} onText
 */
async function pass(chunks, onText) {
  let isWhole = false;
  for await (const { choices } of chunks) {
    const [choice] = choices;
    if (choice?.delta.content) onText(choice.delta.content);
    isWhole ||= Boolean(choice?.finish_reason);
  }
  if (!isWhole) throw new HttpError(502, "the model server broke off: is BASE_URL right?");
}

/**
 * As the server says; one of a kind that cannot be watched is ready when it lists its models.
 *
 * @param {import("@aiwatch/llamacpp/server").WatchedServer} watch
 * @param {ReturnType<typeof completionsApi>} api
 */
async function isReady(watch, api) {
  const { kind, isUp = false } = (await watch.read()) ?? {};
  if (kind !== undefined) return isUp;
  const lists = await api.models(2000).then(
    (names) => names.length > 0,
    () => false,
  );
  if (lists) watch.close();
  return lists;
}

/** Why a server did not answer. Its own words stay here: they may quote the conversation. @param {unknown} error */
function describe(error) {
  if (error instanceof ServerUnreachable) {
    return new HttpError(503, "the model server cannot be reached: is it running, and is BASE_URL right?");
  }
  if (!(error instanceof ServerError)) return error;
  const { status, message } = error;
  switch (status) {
    case 401:
    case 403:
      return new HttpError(502, "the model server refuses the key: check API_KEY");
    case 404:
      return new HttpError(
        502,
        `the model server has nothing there: check ${/model/i.test(message) ? "MODEL" : "BASE_URL"}`,
      );
    case 429:
    case 503:
      return new HttpError(503, "the model server is busy, or is loading its model: try again soon");
    default:
      return new HttpError(502, `the model server failed${status ? ` with status ${status}` : ""}`);
  }
}
