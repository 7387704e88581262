import { Readable } from "node:stream";
import { LlamaChatSession } from "node-llama-cpp";
import { HttpError } from "./http-error.js";

const longestAnswer = 2048;

/**
 * @typedef {object} ChatRequest
 * @property {string} message
 * @property {{ role: "user" | "assistant" | "system", content: string }[]} [messages] the conversation before it
 */

/** Conversations with the model. Each answer has a session of its own: none sees another's text, and the server keeps nothing. */
export class Chat {
  /** @type {import("node-llama-cpp").LlamaContext | undefined} */
  #context;

  /** Whether questions are taken. */
  get ready() {
    return this.#context !== undefined;
  }

  /** @param {import("node-llama-cpp").LlamaContext} context */
  open(context) {
    this.#context = context;
  }

  /**
   * The answer, piece by piece as the model speaks. It fails where the model does; whoever destroys it stops the model.
   *
   * @param {ChatRequest} request
   * @returns {Readable}
   */
  answer({ message, messages = [] }) {
    const context = this.#context;
    if (context === undefined) throw new HttpError(503, "the model is being loaded: try again soon");
    checkLength(context, message);
    if (context.sequencesLeft === 0) throw new HttpError(503, "too many answers are being given: try again soon");
    const session = new LlamaChatSession({ contextSequence: context.getSequence() });
    session.setChatHistory(messages.map(historyItem));
    return streamOf(session, message);
  }
}

/**
 * @param {LlamaChatSession} session disposed at the end, however that comes
 * @param {string} message
 */
function streamOf(session, message) {
  const gone = new AbortController();
  const answer = new Readable({
    read() {},
    destroy(error, done) {
      gone.abort();
      done(error);
    },
  });
  session
    .prompt(message, {
      signal: gone.signal,
      onTextChunk: (text) => answer.push(text),
      maxTokens: longestAnswer,
      temperature: 0.8,
    })
    .finally(() => session.dispose({ disposeSequence: true }))
    .then(
      () => answer.push(null),
      (error) => answer.destroy(error),
    );
  return answer;
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
