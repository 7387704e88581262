import { element } from "./element.js";
import { duration } from "./figures.js";
import { fetchSpans, waterfall } from "./waterfall.js";

/** One answer in the conversation: its text as it comes, then what was measured of it. */
export class Answer {
  #text = document.createTextNode("");
  #notes = element("div", "notes");
  box = element("article", "turn answer waiting", element("p", "text", this.#text), this.#notes);

  constructor() {
    this.box.setAttribute("aria-label", "Answer");
    this.box.setAttribute("aria-busy", "true");
  }

  get text() {
    return this.#text.data;
  }

  /** @param {string} text */
  add(text) {
    this.box.classList.remove("waiting");
    this.#text.appendData(text);
  }

  /** @param {import("./ask.js").Outcome} outcome */
  end({ firstTokenMs, totalMs, error, stopped }) {
    this.box.classList.remove("waiting");
    this.box.removeAttribute("aria-busy");
    const seen = [`first token ${duration(firstTokenMs)}`, `total ${duration(totalMs)}`];
    const texts = [...(stopped ? ["stopped"] : []), ...seen].map((text) => element("span", "", text));
    if (error !== undefined && !stopped) this.#notes.append(failure(error));
    this.#notes.append(element("p", "seen", ...texts));
  }

  /**
   * @param {string} traceId
   * @param {(change: () => void) => void} followed
   */
  async showTrace(traceId, followed) {
    const spans = await fetchSpans(traceId);
    followed(() => {
      for (const earlier of document.querySelectorAll("details.trace[open]")) earlier.removeAttribute("open");
      const trace = waterfall(traceId, spans);
      trace.open = true;
      this.#notes.append(trace);
    });
  }
}

/** @param {Error} error */
function failure(error) {
  // a refusal says why; a broken connection says nothing that helps
  const reason = "status" in error ? error.message : "the connection broke";
  const note = element("p", "failed", `No answer: ${reason}.`);
  note.setAttribute("role", "alert");
  return note;
}
