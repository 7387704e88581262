import { element } from "./element.js";
import { duration } from "./figures.js";
import { fetchSpans, waterfall } from "./waterfall.js";

/** A first token that takes longer than this is waited for in words. */
const patienceMs = 500;

/** One answer in the conversation: its text as it comes, then what was measured of it. */
export class Answer {
  #text = document.createTextNode("");
  #paragraph = element("p", "text", this.#text);
  #wait = element("p", "wait");
  #notes = element("div", "notes");
  box = element("article", "turn answer", this.#paragraph, this.#wait, this.#notes);
  #impatience = setTimeout(() => this.#wait.append("waiting …"), patienceMs);

  constructor() {
    this.box.setAttribute("aria-label", "Answer");
    this.#paragraph.setAttribute("aria-busy", "true");
    this.#wait.setAttribute("aria-live", "polite");
  }

  get text() {
    return this.#text.data;
  }

  /** @param {string} text */
  add(text) {
    this.#endWait();
    this.#text.appendData(text);
  }

  /** @param {import("./ask.js").Outcome} outcome */
  end({ firstTokenMs, totalMs, error, stopped }) {
    this.#endWait();
    this.#paragraph.removeAttribute("aria-busy");
    const seen = [`first token ${duration(firstTokenMs)}`, `total ${duration(totalMs)}`];
    const texts = [...(stopped ? ["stopped"] : []), ...seen].map((text) => element("span", "", text));
    if (error !== undefined && !stopped) this.#notes.append(failure(error, this.text));
    this.#notes.append(element("p", "seen", ...texts));
  }

  /**
   * @param {string} traceId
   * @param {(change: () => void) => void} followed
   */
  async showTrace(traceId, followed) {
    const spans = await fetchSpans(traceId, this.text !== "");
    followed(() => {
      for (const earlier of document.querySelectorAll("details.trace[open]")) earlier.removeAttribute("open");
      const trace = waterfall(traceId, spans);
      trace.open = true;
      this.#notes.append(trace);
    });
  }

  #endWait() {
    clearTimeout(this.#impatience);
    this.#wait.remove();
  }
}

/**
 * @param {Error} error
 * @param {string} text what came before it
 */
function failure(error, text) {
  // a refusal says why; a broken connection says nothing that helps
  const reason = "status" in error ? error.message : "the connection broke";
  const note = element("p", "failed", `${text === "" ? "No answer" : "The answer broke off"}: ${reason}.`);
  note.setAttribute("role", "alert");
  return note;
}
