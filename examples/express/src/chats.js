import { withSpan } from "@aiwatch/core";
import { HttpError, unavailable } from "./http-error.js";
import { Queue } from "./queue.js";

/** Chats that may wait for one of the model's sequences. */
const mostWaiting = 8;

/** @typedef {import("./chat-request.js").ChatRequest} ChatRequest */

/**
 * @typedef {object} ChatModel `model.js` has one in this process, `server-model.js` one behind HTTP
 * @property {readonly Speaker[]} speakers
 * @property {(request: ChatRequest) => void} checkLength throws where the model cannot take the request
 * @property {() => boolean | Promise<boolean>} isReady
 */

/**
 * @typedef {object} Speaker answers one chat at a time
 * @property {(request: ChatRequest, signal: AbortSignal, onText: (text: string) => void) => Promise<void>} answer
 */

/** The conversations with the model: as many speak at once as it has sequences, a few wait, and none sees another's text. */
export class Chats {
  /** @type {{ model: ChatModel, speakers: Queue<Speaker> } | undefined} */
  #loaded;
  /** @type {Set<Promise<void>>} those that wait or are being answered */
  #going = new Set();
  #closing = false;
  #stopped = new AbortController();
  #admission;

  /** @param {import("@aiwatch/core").Aiwatch} aiwatch */
  constructor(aiwatch) {
    this.#admission = aiwatch.admission({ queue: "sequences", order: "fifo" });
  }

  /** Whether chats are taken, and the model answers them. */
  async isReady() {
    return this.#loaded !== undefined && !this.#closing && (await this.#loaded.model.isReady());
  }

  /** @param {ChatModel} model */
  open(model) {
    this.#loaded = { model, speakers: new Queue(model.speakers, mostWaiting) };
  }

  /** Takes no more chats. Resolves once those that were taken have ended, however they end. */
  async close() {
    this.#closing = true;
    await Promise.allSettled(this.#going);
  }

  /** Ends what still goes on. */
  stop() {
    this.#stopped.abort(unavailable("the server is shutting down", 5));
  }

  /**
   * Asks the model. The answer depends on nothing but this request.
   *
   * @param {ChatRequest} request
   * @param {AbortSignal} gone stops the model, or leaves the queue
   * @param {(text: string) => void} onText
   */
  async answer(request, gone, onText) {
    if (this.#closing) throw unavailable("the server is shutting down", 5);
    if (this.#loaded === undefined) throw unavailable("the model is being loaded: try again soon", 1);
    const { model, speakers } = this.#loaded;
    model.checkLength(request);
    const signal = AbortSignal.any([gone, this.#stopped.signal]);
    const answering = this.#speakInTurn(speakers, request, signal, onText);
    this.#going.add(answering);
    try {
      await answering;
    } finally {
      this.#going.delete(answering);
    }
  }

  /**
   * @param {Queue<Speaker>} speakers
   * @param {ChatRequest} request
   * @param {AbortSignal} signal
   * @param {(text: string) => void} onText
   */
  async #speakInTurn(speakers, request, signal, onText) {
    const wait = () => this.#admission.wait(() => speakers.borrow(signal), { signal, isRefusal });
    const speaker = await withSpan("wait for a sequence", wait);
    try {
      await speaker.answer(request, signal, onText);
    } finally {
      speakers.giveBack(speaker);
    }
  }
}

/**
 * The queue itself throws nothing else.
 *
 * @param {unknown} error
 */
function isRefusal(error) {
  return error instanceof HttpError;
}
