import { instrumentModel } from "@aiwatch/llamacpp";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { getLlama, LlamaChatSession, LlamaLogLevel } from "node-llama-cpp";
import { HttpError } from "./http-error.js";

/** Answers that the model gives at once, each on a sequence of its own. */
const sequences = 4;
const longestAnswer = 2048;

const { format: count } = new Intl.NumberFormat("en-US");

/** Nothing is compiled here, and llama.cpp's own lines, which are no JSON, stay out of the log. */
const engine = /** @type {const} */ ({ build: "never", logLevel: LlamaLogLevel.disabled });

/** The tiny model has nothing to do for a GPU, nor for a second thread. */
const tinyEngine = /** @type {const} */ ({ ...engine, gpu: false });

/**
 * A model in this process. What is made from an instrumented engine is observed: the model, its context, and each session on it.
 *
 * @param {ReturnType<typeof import("./settings.js").readSettings>} settings
 * @param {import("@aiwatch/core").Aiwatch} aiwatch
 * @returns {Promise<import("./chat.js").ChatModel>}
 */
export async function loadModel({ modelPath, threads }, aiwatch) {
  const tiny = modelPath === undefined;
  const llama = instrumentModel(await getLlama(tiny ? tinyEngine : engine), { aiwatch });
  const model = await llama.loadModel({ modelPath: modelPath ?? (await ensureTinyModel()) });
  const wanted = threads ?? (tiny ? 1 : undefined);
  const context = await model.createContext({
    sequences,
    contextSize: { max: 8192 },
    ...(wanted !== undefined && { threads: wanted }),
  });
  const free = Array.from({ length: sequences }, () => context.getSequence());
  return {
    atOnce: sequences,
    isReady: () => true,
    checkLength: (message) => checkLength(context, message),
    answer: (request, signal, onText) => answer(free, request, { signal, onTextChunk: onText }),
  };
}

/**
 * Answers on a sequence that is free, in a session that nobody else has.
 *
 * @param {import("node-llama-cpp").LlamaContextSequence[]} free
 * @param {import("./chat.js").ChatRequest} request
 * @param {{ signal: AbortSignal, onTextChunk: (text: string) => void }} options
 */
async function answer(free, { message, messages = [] }, options) {
  const contextSequence = free.pop();
  if (contextSequence === undefined) throw new Error("more answers run than there are sequences");
  const session = new LlamaChatSession({ contextSequence });
  try {
    session.setChatHistory(messages.map(historyItem));
    await session.prompt(message, { ...options, maxTokens: longestAnswer, temperature: 0.8 });
  } finally {
    session.dispose();
    free.push(contextSequence);
  }
}

/**
 * A long conversation is shortened by node-llama-cpp. The question itself must fit, with as much room left for the answer.
 *
 * @param {import("node-llama-cpp").LlamaContext} context
 * @param {string} message
 */
function checkLength({ model, contextSize }, message) {
  const tokens = model.tokenize(message).length;
  const most = Math.floor(contextSize / 2);
  if (tokens > most)
    throw new HttpError(413, `the message has ${count(tokens)} tokens, and the model can take ${count(most)}`);
}

/**
 * @param {{ role: "user" | "assistant" | "system", content: string }} message
 * @returns {import("node-llama-cpp").ChatHistoryItem}
 */
function historyItem({ role, content }) {
  return role === "assistant" ? { type: "model", response: [content] } : { type: role, text: content };
}
