import { html, setText } from "./nodes.ts";
import type { PanelState } from "./standing.ts";

/** Of these changes nobody needs to be told. */
const well: ReadonlySet<PanelState> = new Set(["live", "idle", "empty"]);

/**
 * The live region: it says that the server became slow, or is out of reach, once that has held for a while. Ages and numbers are never spoken by
 * themselves, and a state that comes and goes is not either.
 */
export class Announcer {
  readonly node = html("span", { class: "spoken", role: "status" });
  readonly #holdMs: number;
  #said: string | undefined;
  #candidate: string | undefined;
  #since = 0;
  #isHeard = false;

  constructor(holdMs = 5000) {
    this.#holdMs = holdMs;
  }

  /** @param now in milliseconds, of a clock that does not go back */
  hear(state: PanelState, sentence: string, now: number): void {
    const kind = well.has(state) ? "well" : state;
    if (kind !== this.#candidate) {
      this.#candidate = kind;
      this.#since = now;
      this.#isHeard = false;
      // who reads the region by hand is not to read what was
      setText(this.node, "");
    }
    if (this.#isHeard || now - this.#since < this.#holdMs) return;
    this.#isHeard = true;
    const isFirst = this.#said === undefined || this.#said === "loading";
    const isNews = kind === "well" ? !isFirst && this.#said !== "well" : !(isFirst && kind === "loading");
    this.#said = kind;
    if (isNews) setText(this.node, sentence);
  }
}
