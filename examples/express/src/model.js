import { randomInt } from "node:crypto";
import { instrumentModel } from "@aiwatch/llamacpp";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { getLlama, LlamaChatSession, LlamaLogLevel } from "node-llama-cpp";
import { HttpError } from "./http-error.js";
import { SettingError, withoutCredentials } from "./settings.js";

/** Chats that the model answers at once, each on a sequence of its own. */
const sequences = 2;
const longestAnswer = 2048;
const largestContext = 8192;

const { format: count } = new Intl.NumberFormat("en-US");

/** Nothing is compiled here, and llama.cpp's own lines, which are no JSON, stay out of the log. */
const engine = /** @type {const} */ ({ build: "never", logLevel: LlamaLogLevel.disabled });

/** The tiny model has nothing to do for a GPU. */
const tinyEngine = /** @type {const} */ ({ ...engine, gpu: false });

/** Answers long enough, and at a pace slow enough, to be stopped by hand. */
const talkative = { sentences: 30, feedForward: 131_072 };

/** @typedef {import("./chat-request.js").ChatRequest} ChatRequest */

/**
 * Loads a model into this process. `instrumentModel` on the engine is all that it takes to observe the model, its context and the sessions: they are made
 * from it afterwards.
 *
 * @param {import("./settings.js").Settings} settings
 * @param {{ aiwatch: import("@aiwatch/core").Aiwatch, logger: import("pino").Logger }} tools
 * @returns {Promise<import("./chats.js").ChatModel>}
 */
export async function loadModel({ modelPath, seed, threads }, { aiwatch, logger }) {
  const llama = instrumentModel(await getLlama(modelPath === undefined ? tinyEngine : engine), { aiwatch });
  const model = modelPath === undefined ? await loadTinyModel(llama, logger) : await loadOwnModel(llama, modelPath);
  const context = await model.createContext({ sequences, contextSize: { max: largestContext }, threads });
  const speakers = Array.from({ length: sequences }, () =>
    speakerOf(new LlamaChatSession({ contextSequence: context.getSequence() }), seed),
  );
  logger.info({ component: "model", contextSize: context.contextSize, sequences }, "the model is ready");
  return {
    speakers,
    checkLength: (request) => checkLength(request, model, context.contextSize),
    isReady: () => true,
  };
}

/**
 * One sequence of the model. Each answer follows the conversation that came with its request and nothing else: what the session spoke
 * before is replaced.
 *
 * @param {LlamaChatSession} session
 * @param {number | undefined} defaultSeed
 * @returns {import("./chats.js").Speaker}
 */
function speakerOf(session, defaultSeed) {
  return {
    async answer({ message, messages, seed = defaultSeed }, signal, onText) {
      session.setChatHistory(messages.map(historyItem));
      await session.prompt(message, {
        signal,
        onTextChunk: onText,
        maxTokens: longestAnswer,
        temperature: 0.8,
        seed: seed ?? randomInt(2 ** 32),
      });
    },
  };
}

/**
 * @param {ChatRequest["messages"][number]} message
 * @returns {import("node-llama-cpp").ChatHistoryItem}
 */
function historyItem({ role, content }) {
  return role === "assistant" ? { type: "model", response: [content] } : { type: role, text: content };
}

/**
 * A long conversation is shortened by node-llama-cpp, which forgets the oldest answers first. The question itself and instructions must
 * fit, with as much room left for the answer.
 *
 * @param {ChatRequest} request
 * @param {import("node-llama-cpp").LlamaModel} model
 * @param {number} contextSize tokens that a conversation may have
 */
function checkLength({ message, messages }, model, contextSize) {
  const kept = [message, ...messages.filter(({ role }) => role === "system").map(({ content }) => content)];
  const tokens = kept.reduce((sum, text) => sum + model.tokenize(text).length, 0);
  const most = Math.floor(contextSize / 2);
  if (tokens <= most) return;
  throw new HttpError(
    413,
    `the message has ${count(tokens)} tokens, and the model can take ${count(most)}: shorten it`,
  );
}

/**
 * @param {import("node-llama-cpp").Llama} llama
 * @param {import("pino").Logger} logger
 */
async function loadTinyModel(llama, logger) {
  logger.info({ component: "model" }, "no MODEL_PATH is set: making the tiny model, unless it was made before");
  return await llama.loadModel({ modelPath: await ensureTinyModel(talkative) });
}

/**
 * @param {import("node-llama-cpp").Llama} llama
 * @param {string} modelPath
 */
async function loadOwnModel(llama, modelPath) {
  try {
    return await llama.loadModel({ modelPath });
  } catch {
    const expected = "a GGUF file that llama.cpp can load; it refused this one";
    throw new SettingError("MODEL_PATH", withoutCredentials(modelPath), expected);
  }
}
