import { watchLlamaServer } from "@aiwatch/llamacpp/server";
import { observeFetch } from "@aiwatch/openai";
import { completionsApi } from "./completions-api.js";
import { HttpError } from "./http-error.js";
import { describeServerError } from "./server-errors.js";

/** Chats that the server is asked at once. */
const atOnce = 2;
const longestAnswer = 2048;
/** For questions that no model has to answer. */
const quickMs = 2000;

/** @typedef {ReturnType<typeof completionsApi>} Api */

/**
 * A model behind HTTP: llama-server, Docker Model Runner, Ollama, or another server that speaks OpenAI's API. `observeFetch` is all that it
 * takes to observe the calls; `watchLlamaServer` adds what the server says of itself.
 *
 * @param {import("./settings.js").ModelServer} server
 * @param {{ seed: number | undefined, aiwatch: import("@aiwatch/core").Aiwatch, logger: import("pino").Logger }} tools
 * @returns {import("./chats.js").ChatModel}
 */
export function connectModel(server, { seed, aiwatch, logger }) {
  const api = completionsApi(server, observeFetch(fetch, { aiwatch, includeUsage: true })); // some servers count tokens only when asked
  const watch = watchLlamaServer({ url: server.baseUrl, apiKey: server.apiKey, aiwatch, critical: false });
  const speaker = speakerOf(api, server, seed);
  void lookAt(api, server, logger);
  return {
    speakers: Array.from({ length: atOnce }, () => speaker),
    checkLength: () => {}, // the server itself refuses what is too long
    isReady: () => isReady(watch, api),
  };
}

/**
 * @param {Api} api
 * @param {import("./settings.js").ModelServer} server
 * @param {number | undefined} defaultSeed
 * @returns {import("./chats.js").Speaker}
 */
function speakerOf(api, server, defaultSeed) {
  return {
    async answer({ message, messages, seed = defaultSeed }, signal, onText) {
      try {
        const chat = {
          model: server.model ?? (await onlyModelOf(api)),
          messages: [...messages, { role: "user", content: message }],
          max_tokens: longestAnswer,
          temperature: 0.8,
          seed,
        };
        await pass(api.chat(chat, signal), onText);
      } catch (error) {
        signal.throwIfAborted();
        throw describeServerError(error, server);
      }
    },
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

/** @param {Api} api */
async function onlyModelOf(api) {
  const [name, ...others] = await api.models(quickMs);
  if (name === undefined) throw new HttpError(502, "the model server has no model: is BASE_URL right?");
  if (others.length === 0) return name;
  throw new HttpError(502, `the model server has several models: set MODEL to one of ${[name, ...others].join(", ")}`);
}

/**
 * As the server says; one of a kind that cannot be watched is ready when it lists its models.
 *
 * @param {import("@aiwatch/llamacpp/server").WatchedServer} watch
 * @param {Api} api
 */
async function isReady(watch, api) {
  const { kind, isUp = false } = (await watch.read()) ?? {};
  if (kind !== undefined) return isUp;
  const names = await api.models(quickMs).catch(() => []);
  if (names.length > 0) watch.close();
  return names.length > 0;
}

/**
 * Says in the log whether the server answers. It may be started later.
 *
 * @param {Api} api
 * @param {import("./settings.js").ModelServer} server
 * @param {import("pino").Logger} logger
 */
async function lookAt(api, server, logger) {
  try {
    logger.info({ component: "model", models: await api.models(quickMs) }, "the model server answers");
  } catch (error) {
    const known = describeServerError(error, server);
    const reason = known instanceof HttpError ? known.message : "it speaks another language than OpenAI's API";
    logger.warn({ component: "model", reason }, "the model server cannot be used yet");
  }
}
