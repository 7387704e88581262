import { byId, element } from "./element.js";

/** @typedef {import("./ask.js").Turn} Turn */

/** So many questions and answers stay in the page: it does not grow for ever. */
const mostShown = 100;
/** The server takes 256 kB at once. */
const mostBytes = 240_000;
/** A question that is longer gets a window of its own. */
const longText = 1500;

const encoder = new TextEncoder();
/** @param {string} text */
const bytesOf = (text) => encoder.encode(JSON.stringify(text)).length + 40;

/** What was said: on the screen, and for the model. The server keeps nothing, so that the conversation goes along with each message. */
export class Conversation {
  #box = byId("conversation", HTMLElement);
  #greeting = byId("greeting", HTMLElement);
  #earlier = element("p", "earlier", `Only the last ${mostShown / 2} answers stay in this page.`);
  /** @type {readonly Turn[]} */
  #turns = [];
  #isAtEnd = true;

  constructor() {
    this.#box.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#box;
      this.#isAtEnd = scrollHeight - scrollTop - clientHeight < 40;
    });
    // a screen keyboard, a longer message, another window
    new ResizeObserver(() => this.keepEnd(() => undefined)).observe(this.#box);
  }

  /**
   * Shows a message and the answer to come, with the end in sight.
   *
   * @param {string} message
   * @param {HTMLElement} answer
   * @returns {() => void} takes both away
   */
  begin(message, answer) {
    const question = questionOf(message);
    this.#greeting.hidden = true;
    this.#isAtEnd = true;
    this.keepEnd(() => this.#box.append(question, answer));
    const shown = [...this.#box.querySelectorAll("article")];
    if (shown.length > mostShown) {
      for (const old of shown.slice(0, -mostShown)) old.remove();
      this.#box.prepend(this.#earlier);
    }
    return () => {
      question.remove();
      answer.remove();
    };
  }

  /** What was said so far; `add` takes it back. */
  get turns() {
    return this.#turns;
  }

  /**
   * @param {readonly Turn[]} before what the message was sent with: one that was begun anew meanwhile stays empty
   * @param {string} message
   * @param {string} answer
   */
  add(before, message, answer) {
    if (before !== this.#turns) return;
    /** @type {Turn[]} */
    const all = [...before, { role: "user", content: message }, { role: "assistant", content: answer }];
    this.#turns = all.slice(-mostShown);
  }

  /**
   * The latest turns that fit into one request with a message: the oldest are the first that the model forgets.
   *
   * @param {string} message
   */
  latestFor(message) {
    let left = mostBytes - bytesOf(message);
    const from = this.#turns.findLastIndex(({ content }) => {
      left -= bytesOf(content);
      return left < 0;
    });
    // an answer without its question is left out as well
    return this.#turns.slice(from + 1 + ((from + 1) % 2));
  }

  restart() {
    this.#turns = [];
    this.#box.replaceChildren(this.#greeting);
    this.#greeting.hidden = false;
  }

  /**
   * Keeps the end in sight where it was in sight before; whoever scrolled up to read is left in peace.
   *
   * @param {() => void} change
   */
  keepEnd = (change) => {
    change();
    if (this.#isAtEnd) this.#box.scrollTop = this.#box.scrollHeight;
  };
}

/** @param {string} message */
function questionOf(message) {
  const text = element("p", "text", message);
  if (message.length > longText) {
    text.classList.add("long");
    text.tabIndex = 0;
  }
  return element("article", "turn question", text);
}
