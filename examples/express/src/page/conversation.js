import { byId, element } from "./element.js";

/** @typedef {import("./ask.js").Turn} Turn */

/** A small window: the page scrolls as a whole, as its style says. */
const isSmall = matchMedia("(max-height: 30rem) and (max-width: 60rem)");

/** So many questions and answers stay in the page: it does not grow for ever. */
const mostShown = 100;
/** The server takes 256 kB at once. */
const mostBytes = 240_000;
/** Of a question that is longer, the beginning is shown. */
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
  /** Not before something was said: what greets is read from its beginning. */
  #isAtEnd = false;
  /** What was cleared, with its turns: an answer that was stopped by that still ends there. */
  #cleared = { turns: this.#turns };

  constructor() {
    const noteScroll = () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
      this.#isAtEnd = scrollHeight - scrollTop - clientHeight < 40;
    };
    this.#box.addEventListener("scroll", noteScroll);
    document.addEventListener("scroll", noteScroll);
    // a screen keyboard, a longer message, another window
    new ResizeObserver(() => this.keepEnd(() => undefined)).observe(this.#box);
  }

  get #scroller() {
    return isSmall.matches ? document.documentElement : this.#box;
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
   * @returns {() => void} takes both out again
   */
  add(before, message, answer) {
    /** @type {readonly Turn[]} */
    const added = [
      { role: "user", content: message },
      { role: "assistant", content: answer },
    ];
    const all = [...before, ...added].slice(-mostShown);
    if (before === this.#turns) this.#turns = all;
    else if (before === this.#cleared.turns) this.#cleared = { turns: all };
    return () => {
      this.#turns = this.#turns.filter((turn) => !added.includes(turn));
    };
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

  /** @returns {() => void} brings it back */
  restart() {
    const shown = [...this.#box.children];
    this.#cleared = { turns: this.#turns };
    this.#turns = [];
    this.#box.replaceChildren(this.#greeting);
    this.#greeting.hidden = false;
    return () => {
      this.#turns = this.#cleared.turns;
      this.#greeting.hidden = true;
      this.#isAtEnd = true;
      this.keepEnd(() => this.#box.replaceChildren(...shown));
    };
  }

  /**
   * Keeps the end in sight where it was in sight before; whoever scrolled up to read is left in peace.
   *
   * @param {() => void} change
   */
  keepEnd = (change) => {
    change();
    const scroller = this.#scroller;
    if (this.#isAtEnd) scroller.scrollTop = scroller.scrollHeight;
  };
}

/** @param {string} message */
function questionOf(message) {
  const text = element("p", "text", message);
  text.dir = "auto";
  const box = element("article", "turn question", text);
  if (message.length > longText) {
    text.classList.add("long");
    box.append(showAllButton(text));
  }
  return box;
}

/** @param {HTMLElement} text */
function showAllButton(text) {
  const button = element("button", "link", "Show all");
  button.type = "button";
  button.addEventListener("click", () => {
    text.classList.remove("long");
    button.remove();
  });
  return button;
}
