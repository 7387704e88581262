import { element } from "./element.js";
import { count } from "./figures.js";
import { say } from "./speech.js";

/** @typedef {import("./own-chat.js").Chat} Chat */

/** What an answer without text waits for: the phase in words, and its reader's own clock. */
export class Wait {
  #mark = element("i", "mark");
  #phase = element("b", "", "Sent");
  #detail = element("span");
  #clock = element("span", "clock");
  #timer;
  #words = "";
  #isOver = false;
  box = element("p", "wait", this.#mark, element("span", "", this.#phase, " ", this.#detail), this.#clock);

  /** @param {number} askedAt */
  constructor(askedAt) {
    // the phase is said, and not each tick
    this.#clock.setAttribute("aria-hidden", "true");
    this.#timer = setInterval(() => {
      this.#clock.textContent = `${((performance.now() - askedAt) / 1000).toFixed(1)} s`;
    }, 100);
  }

  /** @param {Chat} chat */
  show(chat) {
    if (chat.phase === undefined || this.#isOver) return;
    const [phase, detail] = wordsOf(chat);
    const words = detail === "" ? phase : `${phase}, ${detail}`;
    if (words === this.#words) return;
    this.#words = words;
    this.#phase.textContent = phase;
    this.#detail.textContent = detail;
    say(words);
    this.#mark.className = `mark ${chat.phase}`;
  }

  end() {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.box.remove();
  }
}

/**
 * @param {Chat} chat
 * @returns {[phase: string, detail: string]}
 */
function wordsOf({ phase, place, promptTokens, ms }) {
  switch (phase) {
    case "line":
      return ["In line", place === undefined ? "" : beforeYou(place - 1)];
    case "queue":
      return ["Waiting for the engine", ""];
    case "prompt":
      if (ms.queue === undefined) return ["Waiting for the first token", ""];
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
