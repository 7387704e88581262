import { element } from "./element.js";
import { count, duration } from "./figures.js";

/** @typedef {import("./own-chat.js").Chat} Chat */

/**
 * @typedef {object} Seen an answer by its reader's clock, in milliseconds since the key or the click that sent it
 * @property {string} traceId
 * @property {number | undefined} firstTextMs until its first text was painted; undefined where there was none
 * @property {number} totalMs until its end
 * @property {string} ending how it ended, before its total: `in all`, `stopped after`
 */

/**
 * @typedef {object} Stretch of the reader's time
 * @property {"outside" | "before" | "line" | "queue" | "prompt" | "decode" | "tool"} phase
 * @property {number} ms
 */

/** As the panel calls them. */
const names = {
  outside: "page and network",
  before: "the app",
  line: "in line",
  queue: "engine’s line",
  prompt: "prompt",
  decode: "writing",
  tool: "tool",
};

/** What is shorter says nothing to a reader. */
const leastMs = 0.5;

/** In which a chat usually passes them. */
const order = /** @type {const} */ (["before", "line", "queue", "prompt", "decode", "tool"]);

/**
 * Where the reader's time went: what the server measured of its phases, and around it what is left of the reader's own total. Both are durations; no
 * clock of one is compared with a clock of the other.
 *
 * @param {Pick<Seen, "firstTextMs" | "totalMs">} seen
 * @param {Pick<Chat, "ms" | "firstTokenMs">} chat
 * @returns {Stretch[]} in their order
 */
export function stretchesOf({ firstTextMs, totalMs }, { ms, firstTokenMs }) {
  const inside = order.map((phase) => ({ phase, ms: ms[phase] ?? 0 }));
  const outside = Math.max(0, totalMs - inside.reduce((sum, stretch) => sum + stretch.ms, 0));
  const isSeen = firstTextMs !== undefined && firstTokenMs !== undefined;
  const ahead = isSeen ? Math.min(outside, Math.max(0, firstTextMs - firstTokenMs)) : outside;
  const all = [{ phase: "outside", ms: ahead }, ...inside, { phase: "outside", ms: outside - ahead }];
  return /** @type {Stretch[]} */ (all.filter((stretch) => stretch.ms > 0));
}

/** What an answer cost its reader, under it: at first what the page saw, then with the server's part of it. */
export class Receipt {
  #seen;
  #facts = element("p", "facts");
  #bar = element("div", "bar");
  #legend = element("p", "legend");
  box = element("div", "receipt", this.#facts);

  /** @param {Seen} seen */
  constructor(seen) {
    this.#seen = seen;
    this.#bar.setAttribute("role", "img");
    const { firstTextMs, totalMs, ending } = seen;
    if (firstTextMs !== undefined) this.#fact("first token, as you saw it", duration(firstTextMs));
    this.#fact(ending, duration(totalMs));
    this.box.append(traceLink(seen.traceId));
  }

  /** @param {Chat} chat that has ended */
  show(chat) {
    const { outputTokens, promptTokens, cachedPromptTokens, ms } = chat;
    if (outputTokens !== undefined && outputTokens > 1 && ms.decode > 0)
      this.#fact("", count(((outputTokens - 1) / ms.decode) * 1000, 1), "tokens/s");
    if (outputTokens !== undefined) this.#fact("", count(outputTokens), outputTokens === 1 ? "token" : "tokens");
    if (promptTokens !== undefined) {
      const cached = cachedPromptTokens ? `, ${count(cachedPromptTokens)} of them cached` : "";
      this.#fact("", "", `${count(promptTokens)} in the prompt${cached}`);
    }
    this.#draw(stretchesOf(this.#seen, chat).filter((stretch) => stretch.ms >= leastMs));
  }

  /** @param {readonly Stretch[]} stretches */
  #draw(stretches) {
    this.#bar.replaceChildren(...stretches.map(piece));
    const shown = Object.entries(names).flatMap(([phase, name]) => {
      const ms = stretches.reduce((sum, stretch) => sum + (stretch.phase === phase ? stretch.ms : 0), 0);
      return ms > 0 ? [{ phase, text: `${name} ${duration(ms)}` }] : [];
    });
    const samples = shown.map(({ phase, text }) => element("span", "", element("i", `mark ${phase}`), text));
    this.#legend.replaceChildren(...samples.flatMap((sample) => [sample, " "]));
    const spoken = shown.map(({ text }) => text).join(", ");
    this.#bar.setAttribute("aria-label", `${duration(this.#seen.totalMs)}: ${spoken}`);
    this.#facts.after(this.#bar, this.#legend);
  }

  /**
   * @param {string} before
   * @param {string} figure
   * @param {string} [after]
   */
  #fact(before, figure, after = "") {
    const figures = figure === "" ? [] : [element("b", "", figure)];
    this.#facts.append(element("span", "", before, " ", ...figures, " ", after), " ");
  }
}

/** @param {Stretch} stretch */
function piece({ phase, ms }) {
  const made = element("i", `piece ${phase}`);
  made.style.flexGrow = String(ms);
  return made;
}

/** @param {string} traceId */
function traceLink(traceId) {
  const arrow = element("span", "", " ↗");
  arrow.setAttribute("aria-hidden", "true");
  const link = element("a", "", "From the click to the token: one trace", arrow);
  link.href = `/traces/${traceId}`;
  return element("p", "trace", link, " ", element("code", "", traceId));
}
