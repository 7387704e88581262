import { Readable } from "node:stream";
import pLimit from "p-limit";
import { HttpError } from "./http-error.js";

/** Answers that may wait for a sequence. One whose client left keeps its place until its turn comes. */
const mostWaiting = 4;

/**
 * @typedef {object} ChatRequest
 * @property {string} message
 * @property {{ role: "user" | "assistant" | "system", content: string }[]} [messages] the conversation before it
 */

/**
 * @typedef {object} ChatModel `model.js` has one in this process, `server-model.js` one behind HTTP
 * @property {number} atOnce answers that it gives at once
 * @property {() => boolean | Promise<boolean>} isReady
 * @property {(message: string) => void} checkLength throws where the model cannot take the message
 * @property {(request: ChatRequest, signal: AbortSignal, onText: (text: string) => void) => Promise<void>} answer
 */

/**
 * @typedef {object} Open
 * @property {ChatModel} model
 * @property {import("p-limit").LimitFunction} limit lets as many answers run as the model gives at once
 */

/** Conversations with the model. None sees another's text, and the server keeps nothing. */
export class Chat {
  /** @type {Open | undefined} */
  #open;
  #admission;

  /** @param {import("@aiwatch/core").Aiwatch} aiwatch */
  constructor(aiwatch) {
    this.#admission = aiwatch.admission({ queue: "sequences", order: "fifo" });
  }

  /** Whether questions are answered. */
  async isReady() {
    return this.#open !== undefined && (await this.#open.model.isReady());
  }

  /** @param {ChatModel} model */
  open(model) {
    // each task waits for its turn, and is admitted when it starts
    this.#open = { model, limit: this.#admission.wrap(pLimit(model.atOnce)) };
  }

  /**
   * The answer, piece by piece as the model speaks. It fails where the model does; whoever destroys it stops the model, or its wait for it.
   *
   * @param {ChatRequest} request
   * @returns {Readable}
   */
  answer(request) {
    if (this.#open === undefined) throw new HttpError(503, "the model is being loaded: try again soon");
    const { model, limit } = this.#open;
    model.checkLength(request.message);
    if (limit.pendingCount >= mostWaiting) {
      this.#admission.enter().refused();
      throw new HttpError(503, "too many chats are waiting already: try again soon");
    }
    return streamOf((answer, gone) => limit(() => speak(model, request, answer, gone)));
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
 * @param {ChatModel} model
 * @param {ChatRequest} request
 * @param {Readable} answer
 * @param {AbortSignal} signal
 */
async function speak(model, request, answer, signal) {
  if (!signal.aborted) await model.answer(request, signal, (text) => void answer.push(text));
}
