import { watchLlamaServer } from "@aiwatch/llamacpp/server";
import { instrumentClient } from "@aiwatch/openai";
import OpenAI, { APIConnectionError, APIError } from "openai";
import { HttpError } from "./http-error.js";

/** Answers that the server is asked at once. */
const atOnce = 4;
const longestAnswer = 2048;

/**
 * A model behind HTTP: llama-server, Docker Model Runner, Ollama, or another server that speaks OpenAI's API. The instrumented client is the
 * same object, and its calls are observed; `watchLlamaServer` adds what the server says of itself.
 *
 * @param {import("./settings.js").ModelServer} server
 * @param {import("@aiwatch/core").Aiwatch} aiwatch
 * @returns {import("./chat.js").ChatModel}
 */
export function connectModel({ baseUrl, model, apiKey }, aiwatch) {
  const bare = new OpenAI({ baseURL: baseUrl, apiKey: apiKey ?? "none", maxRetries: 0 });
  const client = instrumentClient(bare, { aiwatch, includeUsage: true }); // some servers count tokens only when asked
  const watch = watchLlamaServer({ url: baseUrl, apiKey, aiwatch, critical: false });
  return {
    atOnce,
    isReady: () => isReady(watch, client),
    checkLength: () => {}, // the server itself refuses what is too long
    async answer(request, signal, onText) {
      try {
        await pass(await client.chat.completions.create(chatOf(request, model), { signal }), onText);
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
 * @returns {OpenAI.ChatCompletionCreateParamsStreaming}
 */
function chatOf({ message, messages = [] }, model) {
  return {
    model,
    messages: [...messages, { role: "user", content: message }],
    stream: true,
    max_tokens: longestAnswer,
    temperature: 0.8,
  };
}

/**
 * Passes an answer's text on. A connection that closes in mid-answer looks to the client like its end.
 *
 * @param {AsyncIterable<OpenAI.ChatCompletionChunk>} chunks
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
 * @param {OpenAI} client
 */
async function isReady(watch, client) {
  const { kind, isUp = false } = (await watch.read()) ?? {};
  if (kind !== undefined) return isUp;
  const lists = await client.models.list({ timeout: 2000 }).then(
    ({ data }) => data.length > 0,
    () => false,
  );
  if (lists) watch.close();
  return lists;
}

/** Why a server did not answer. Its own words stay here: they may quote the conversation. @param {unknown} error */
function describe(error) {
  if (error instanceof APIConnectionError) {
    return new HttpError(503, "the model server cannot be reached: is it running, and is BASE_URL right?");
  }
  if (!(error instanceof APIError)) return error;
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
