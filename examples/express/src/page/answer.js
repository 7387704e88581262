import { element } from "./element.js";
import { failureOf } from "./failure.js";
import { spokenDuration } from "./figures.js";
import { Receipt } from "./receipt.js";
import { say } from "./speech.js";
import { Wait } from "./wait.js";

/** @typedef {import("./own-chat.js").Chat} Chat */

/** How an ending is called before its time. */
const endings = { answered: "in all", stopped: "stopped after", broken: "broke off after" };

/** One answer in the conversation: what it waits for, its text as it comes, then what it cost. */
export class Answer {
  #askedAt;
  #traceId;
  #keepEnd;
  #text = "";
  /** Not in the page yet. */
  #pending = "";
  #frame = 0;
  /** @type {Promise<number> | undefined} when the first text was seen */
  #seenAt;
  /** @type {Receipt | undefined} */
  #receipt;
  /** @type {Chat | undefined} as it ended on the server */
  #ended;
  /** The server told of it. */
  #isKnown = false;
  #shown = document.createTextNode("");
  #paragraph = element("p", "text", this.#shown);
  #wait;
  box;

  /**
   * @param {object} options
   * @param {string} options.traceId
   * @param {number} options.askedAt when its reader pressed the key, on the page's clock
   * @param {(change: () => void) => void} options.keepEnd changes the conversation and keeps its end in sight
   */
  constructor({ traceId, askedAt, keepEnd }) {
    this.#askedAt = askedAt;
    this.#traceId = traceId;
    this.#keepEnd = keepEnd;
    this.#wait = new Wait(askedAt);
    this.box = element("article", "turn answer", this.#paragraph, this.#wait.box);
    this.box.setAttribute("aria-label", "Answer");
    this.#paragraph.dir = "auto";
    this.#paragraph.setAttribute("aria-busy", "true");
  }

  get text() {
    return this.#text;
  }

  /**
   * The first text goes in at once, what follows once a frame: a model can be faster than any screen.
   *
   * @param {string} text
   * @returns {boolean} whether it was the first
   */
  add(text) {
    const isFirst = this.#text === "";
    this.#text += text;
    this.#pending += text;
    if (isFirst) {
      this.#wait.end();
      this.#seenAt = painted();
    }
    if (isFirst || document.hidden) this.#flush();
    else this.#frame ||= requestAnimationFrame(() => this.#flush());
    return isFirst;
  }

  /**
   * What the server says of it.
   *
   * @param {Chat} chat
   */
  hear(chat) {
    this.#isKnown = true;
    if (chat.outcome === undefined) return this.#wait.show(chat);
    this.#ended = chat;
    this.#showServersPart();
  }

  /**
   * @param {import("./ask.js").Outcome} outcome
   * @param {() => void} onAgain
   */
  async end(outcome, onAgain) {
    this.#flush();
    this.#wait.end();
    const seenAt = await this.#seenAt;
    // an end in the frame of the first text is seen with it
    const totalMs = Math.max(outcome.at, seenAt ?? 0) - this.#askedAt;
    const ending = this.#endingOf(outcome);
    const receipt = new Receipt({
      // of one that no server was reached with, there is none
      traceId: outcome.kind === "broken" && this.#text === "" && !this.#isKnown ? undefined : this.#traceId,
      firstTextMs: seenAt === undefined ? undefined : seenAt - this.#askedAt,
      totalMs,
      ending,
      kind: outcome.kind,
    });
    this.#receipt = receipt;
    this.#keepEnd(() => {
      this.#paragraph.removeAttribute("aria-busy");
      const hasFailed = outcome.kind === "refused" || outcome.kind === "broken";
      if (hasFailed) this.box.append(failureOf(outcome, this.#text, onAgain));
      this.box.append(receipt.box);
    });
    this.#showServersPart();
    this.#sayEnd(`${ending} ${spokenDuration(totalMs)}`);
  }

  /**
   * A failure is said by its alert, and one that was cleared away not at all.
   *
   * @param {string} ending
   */
  #sayEnd(ending) {
    if (this.box.isConnected && this.#text !== "") say(`Answer: ${this.#text}; ${ending}`);
  }

  /** The server will not tell its part. */
  giveUp() {
    this.#receipt?.giveUp();
  }

  /** @param {import("./ask.js").Outcome} outcome */
  #endingOf({ kind, status }) {
    if (kind === "refused") return `${status === 500 ? "failed" : "refused"} with ${status}, after`;
    return kind === "broken" && this.#text === "" ? "failed after" : endings[kind];
  }

  #showServersPart() {
    const [receipt, chat] = [this.#receipt, this.#ended];
    if (receipt !== undefined && chat !== undefined) this.#keepEnd(() => receipt.show(chat));
  }

  #flush() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const text = this.#pending;
    if (text === "") return;
    this.#pending = "";
    this.#keepEnd(() => this.#shown.appendData(text));
  }
}

/**
 * When what was put into the page just now is on the screen: after the next frame, in a message that is posted in it. A page that is hidden paints nothing,
 * and there it is now.
 *
 * @returns {Promise<number>}
 */
function painted() {
  const putAt = performance.now();
  if (document.hidden) return Promise.resolve(putAt);
  const over = new AbortController();
  return new Promise((/** @type {(at: number) => void} */ resolve) => {
    document.addEventListener("visibilitychange", () => resolve(putAt), { signal: over.signal });
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve(performance.now());
      };
      port2.postMessage(0);
    });
  }).finally(() => over.abort());
}
