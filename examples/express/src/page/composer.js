import { byId } from "./element.js";

/** So many messages stay in the field's history: undo brings none of them back, and yet Chromium keeps the text of a thousand. */
const mostInHistory = 25;

/** Where messages are written: Enter sends, Escape stops, one answer at a time. */
export class Composer {
  #form = byId("composer", HTMLFormElement);
  #message = byId("message", HTMLTextAreaElement);
  #send = byId("send", HTMLButtonElement);
  #stop = byId("stop", HTMLButtonElement);
  /** @type {AbortController | undefined} of the answer that is coming */
  #answering;
  /** Messages that the field's history holds. */
  #inHistory = 0;
  #onSend;

  /** @param {(message: string, signal: AbortSignal, askedAt: number) => Promise<void>} onSend never rejects */
  constructor(onSend) {
    this.#onSend = onSend;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(event.timeStamp);
    });
    this.#message.addEventListener("keydown", (event) => {
      // while an input method composes a character, Enter is its own, and so is Escape
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit(event.timeStamp);
    });
    this.#message.addEventListener("input", () => this.#fit());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) this.#answering?.abort();
    });
    this.#stop.addEventListener("click", () => this.#answering?.abort());
    this.#message.focus();
  }

  get isAnswering() {
    return this.#answering !== undefined;
  }

  /** Stops what comes, and forgets what was sent. */
  startAnew() {
    this.#answering?.abort();
    this.#forget();
  }

  focus() {
    this.#message.focus();
  }

  /**
   * Sends a message that nobody has to write.
   *
   * @param {string} message
   * @param {number} askedAt when it was wished, on the page's clock
   * @returns {boolean} whether it was sent: not while another answer comes
   */
  ask(message, askedAt = performance.now()) {
    if (this.#answering !== undefined) return false;
    void this.#answer(message, askedAt);
    return true;
  }

  /**
   * Gives a message back that has to be another one, unless something was written meanwhile.
   *
   * @param {string} message
   */
  giveBack(message) {
    if (this.#message.value === "") this.#message.value = message;
    this.#fit();
  }

  /** @param {number} askedAt */
  #submit(askedAt) {
    const message = this.#message.value.trim();
    if (message === "" || !this.ask(message, askedAt)) return;
    this.#message.value = "";
    this.#fit();
    this.#inHistory += 1;
    if (this.#inHistory === mostInHistory) this.#forget();
  }

  /** A field that leaves the page loses its history, and the focus: not after each message, or a screen reader names the field each time. */
  #forget() {
    this.#inHistory = 0;
    this.#message.replaceWith(this.#message);
    this.#message.focus();
  }

  /**
   * @param {string} message
   * @param {number} askedAt
   */
  async #answer(message, askedAt) {
    this.#answering = new AbortController();
    this.#show(true);
    await this.#onSend(message, this.#answering.signal, askedAt);
    this.#answering = undefined;
    this.#show(false);
  }

  /** @param {boolean} answering */
  #show(answering) {
    this.#send.hidden = answering;
    this.#stop.hidden = !answering;
    this.#message.focus();
  }

  /** As high as its text, up to what the style allows. */
  #fit() {
    this.#message.style.height = "auto";
    this.#message.style.height = `${this.#message.scrollHeight}px`;
  }
}
