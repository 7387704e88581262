import { element } from "./element.js";
import { count } from "./figures.js";

/** @typedef {import("./own-chat.js").Chat} Chat */

/** What an answer without text waits for: the phase in words, and its reader's own clock. */
export class Wait {
  #mark = element("i", "mark");
  #phase = element("b", "", "Sent");
  #detail = element("span");
  #clock = element("span", "clock");
  #timer;
  box = element("p", "wait", this.#mark, element("span", "", this.#phase, " ", this.#detail), this.#clock);

  /** @param {number} askedAt */
  constructor(askedAt) {
    // a screen reader says the phase, and not each tick
    this.#clock.setAttribute("aria-hidden", "true");
    this.#timer = setInterval(() => {
      this.#clock.textContent = `${((performance.now() - askedAt) / 1000).toFixed(1)} s`;
    }, 100);
  }

  /** @param {Chat | undefined} chat */
  show(chat) {
    if (chat?.phase === undefined) return;
    const [phase, detail] = wordsOf(chat);
    // what stays is not written again: it would be said again
    if (this.#phase.textContent !== phase) this.#phase.textContent = phase;
    if (this.#detail.textContent !== detail) this.#detail.textContent = detail;
    this.#mark.className = `mark ${chat.phase}`;
  }

  end() {
    clearInterval(this.#timer);
    this.box.remove();
  }
}

/**
 * @param {Chat} chat
 * @returns {[phase: string, detail: string]}
 */
function wordsOf({ phase, place, promptTokens }) {
  switch (phase) {
    case "line":
      return ["In line", place === undefined ? "" : beforeYou(place - 1)];
    case "queue":
      return ["Waiting for the engine", ""];
    case "prompt":
      return ["Reading your prompt", promptTokens === undefined ? "" : `${count(promptTokens)} tokens`];
    case "decode":
      return ["Writing", ""];
    case "tool":
      return ["Using a tool", ""];
    default:
      return ["In the app", ""];
  }
}

/** @param {number} others */
const beforeYou = (others) => (others > 0 ? `${count(others)} before you` : "you are next");
