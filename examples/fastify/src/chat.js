import { Readable } from "node:stream";
import { LlamaChatSession } from "node-llama-cpp";
import pLimit from "p-limit";
import { HttpError } from "./http-error.js";

const longestAnswer = 2048;

/** Answers that may wait for a sequence. One whose client left keeps its place until its turn comes. */
const mostWaiting = 4;

/**
 * @typedef {object} ChatRequest
 * @property {string} message
 * @property {{ role: "user" | "assistant" | "system", content: string }[]} [messages] the conversation before it
 */

/**
 * @typedef {object} Loaded
 * @property {import("node-llama-cpp").LlamaContext} context
 * @property {import("node-llama-cpp").LlamaContextSequence[]} free sequences that no answer has
 * @property {import("p-limit").LimitFunction} limit lets as many answers run as there are sequences
 */

/** Conversations with the model. Each answer has a session of its own: none sees another's text, and the server keeps nothing. */
export class Chat {
  /** @type {Loaded | undefined} */
  #loaded;
  #admission;

  /** @param {import("@aiwatch/core").Aiwatch} aiwatch */
  constructor(aiwatch) {
    this.#admission = aiwatch.admission({ queue: "sequences", order: "fifo" });
  }

  /** Whether questions are taken. */
  get ready() {
    return this.#loaded !== undefined;
  }

  /** @param {import("node-llama-cpp").LlamaContext} context */
  open(context) {
    const free = Array.from({ length: context.sequencesLeft }, () => context.getSequence());
    // each task waits for its turn, and is admitted when it starts
    const limit = this.#admission.wrap(pLimit(free.length));
    this.#loaded = { context, free, limit };
  }

  /**
   * The answer, piece by piece as the model speaks. It fails where the model does; whoever destroys it stops the model, or its wait for it.
   *
   * @param {ChatRequest} request
   * @returns {Readable}
   */
  answer(request) {
    if (this.#loaded === undefined) throw new HttpError(503, "the model is being loaded: try again soon");
    const { context, free, limit } = this.#loaded;
    checkLength(context, request.message);
    if (limit.pendingCount >= mostWaiting) {
      this.#admission.enter().refused();
      throw new HttpError(503, "too many chats are waiting already: try again soon");
    }
    return streamOf((answer, gone) => limit(() => speak(free, request, answer, gone)));
  }
}

/**
 * @param {(answer: Readable, gone: AbortSignal) => Promise<void>} speak
 * @returns {Readable} ends with what `speak` gives
 */
function streamOf(speak) {
  const gone = new AbortController();
  const answer = new Readable({
    read() {},
    destroy(error, done) {
      gone.abort();
      done(error);
    },
  });
  speak(answer, gone.signal).then(
    () => answer.push(null),
    (error) => answer.destroy(error),
  );
  return answer;
}

/**
 * @param {import("node-llama-cpp").LlamaContextSequence[]} free
 * @param {ChatRequest} request
 * @param {Readable} answer
 * @param {AbortSignal} signal
 */
async function speak(free, { message, messages = [] }, answer, signal) {
  if (signal.aborted) return;
  const contextSequence = free.pop();
  if (contextSequence === undefined) throw new Error("more answers run than there are sequences");
  const session = new LlamaChatSession({ contextSequence });
  try {
    session.setChatHistory(messages.map(historyItem));
    await session.prompt(message, {
      signal,
      onTextChunk: (text) => void answer.push(text),
      maxTokens: longestAnswer,
      temperature: 0.8,
    });
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
  if (tokens > most) throw new HttpError(413, `the message has ${tokens} tokens, and the model can take ${most}`);
}

/**
 * @param {{ role: "user" | "assistant" | "system", content: string }} message
 * @returns {import("node-llama-cpp").ChatHistoryItem}
 */
function historyItem({ role, content }) {
  return role === "assistant" ? { type: "model", response: [content] } : { type: role, text: content };
}
