import { byId } from "./element.js";
import { say } from "./speech.js";

/** How long the conversation can be had back. */
const undoMs = 20_000;

/** Begins the conversation anew, and for a while offers the way back. */
export class Restart {
  #restart = byId("restart", HTMLButtonElement);
  #cleared = byId("cleared", HTMLElement);
  #undo = byId("undo", HTMLButtonElement);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {() => void} */
  #bringBack = () => undefined;

  /** @param {() => (() => void)} onRestart returns what brings the conversation back */
  constructor(onRestart) {
    this.#restart.addEventListener("click", () => {
      this.#bringBack = onRestart();
      this.#show(false);
      say("Conversation cleared");
      this.#timer = setTimeout(() => this.#forget(), undoMs);
    });
    this.#undo.addEventListener("click", () => {
      this.#bringBack();
      this.offer();
      say("The conversation is back");
    });
  }

  /** There is something to clear; what was cleared before is gone. */
  offer() {
    this.#forget();
    this.#show(true);
  }

  /** @param {boolean} isOffered */
  #show(isOffered) {
    this.#restart.hidden = !isOffered;
    this.#cleared.hidden = isOffered;
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#bringBack = () => undefined;
    this.#cleared.hidden = true;
  }
}
