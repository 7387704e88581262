import { element } from "./element.js";
import { count, duration } from "./figures.js";

/** @typedef {import("./own-chat.js").Chat} Chat */

/**
 * @typedef {object} Seen an answer by its reader's clock, in milliseconds since the key or the click that sent it
 * @property {string | undefined} traceId undefined where no server was reached
 * @property {number | undefined} firstTextMs until its first text was painted; undefined where there was none
 * @property {number} totalMs until its end
 * @property {string} ending how it ended, before its total: `in all`, `stopped after`
 * @property {import("./ask.js").Outcome["kind"]} kind
 */

/**
 * @typedef {object} Stretch of the reader's time
 * @property {"outside" | "before" | "line" | "queue" | "prompt" | "decode" | "tool"} phase
 * @property {number} ms
 */

/** As the panel and the traces call them. */
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

/**
 * Where the reader's time went: what the server measured of its phases, and around it what is left of the reader's own total. Both are durations; no
 * clock of one is compared with a clock of the other. Who stops an answer sees its end before the server does: there the stretches end with the reader's
 * total, and what the server was at longer is told apart.
 *
 * @param {Pick<Seen, "firstTextMs" | "totalMs">} seen
 * @param {Pick<Chat, "ms" | "firstTokenMs">} chat
 * @returns {{ stretches: Stretch[], laterMs: number }} in their order; and by how much the server's end was later than its reader's, at least
 */
export function stretchesOf({ firstTextMs, totalMs }, { ms, firstTokenMs }) {
  const inside = stretchesInside(ms, firstTokenMs);
  const outside = totalMs - inside.reduce((sum, stretch) => sum + stretch.ms, 0);
  const isSeen = firstTextMs !== undefined && firstTokenMs !== undefined;
  const ahead = Math.max(0, isSeen ? Math.min(outside, firstTextMs - firstTokenMs) : outside);
  const all = [{ phase: "outside", ms: ahead }, ...inside, { phase: "outside", ms: Math.max(0, outside - ahead) }];
  let left = totalMs;
  const clipped = all.map((stretch) => {
    const shown = Math.min(stretch.ms, left);
    left -= shown;
    return { ...stretch, ms: shown };
  });
  return {
    stretches: /** @type {Stretch[]} */ (clipped.filter((stretch) => stretch.ms > 0)),
    laterMs: Math.max(0, -outside),
  };
}

/**
 * The server's phases in which a chat usually passes them. It tells how long the app was at work in all: ahead of the model was what the first token did
 * not wait for otherwise, and the rest was behind it.
 *
 * @param {Chat["ms"]} ms
 * @param {number | undefined} firstTokenMs
 */
function stretchesInside({ before, line, queue = 0, prompt, decode, tool }, firstTokenMs = Number.POSITIVE_INFINITY) {
  const ahead = Math.min(before, Math.max(0, firstTokenMs - line - queue - prompt));
  return [
    { phase: "before", ms: ahead },
    { phase: "line", ms: line },
    { phase: "queue", ms: queue },
    { phase: "prompt", ms: prompt },
    { phase: "decode", ms: decode },
    { phase: "tool", ms: tool },
    { phase: "before", ms: before - ahead },
  ];
}

/** What an answer cost its reader, under it: at first what the page saw, then with the server's part of it, whose room is kept. */
export class Receipt {
  #seen;
  #facts = element("p", "facts");
  #bar = element("div", "bar");
  #legend = element("p", "legend");
  box = element("div", "receipt", this.#facts);

  /** @param {Seen} seen */
  constructor(seen) {
    this.#seen = seen;
    const { firstTextMs, totalMs, ending, traceId } = seen;
    if (firstTextMs !== undefined) this.#fact("first token, as you saw it", duration(firstTextMs));
    this.#fact(ending, duration(totalMs));
    if (traceId !== undefined) this.box.append(traceLink(traceId, firstTextMs !== undefined));
    // nothing is to move when the rest comes: the bar is there, and the style keeps lines free
    const isAwaited = seen.kind === "answered" || seen.kind === "stopped";
    if (isAwaited) this.#facts.after(this.#bar, this.#legend);
    this.box.classList.toggle("awaited", isAwaited);
  }

  /** @param {Chat} chat that has ended */
  show(chat) {
    // nothing was done for one that was refused
    if (chat.outcome !== "refused") this.#showServersPart(chat);
    this.giveUp();
  }

  /** @param {Chat} chat */
  #showServersPart(chat) {
    const { outputTokens, promptTokens, cachedPromptTokens, ms } = chat;
    if (outputTokens !== undefined && outputTokens > 1 && ms.decode > 0)
      this.#fact("", count(((outputTokens - 1) / ms.decode) * 1000, 1), "tokens/s");
    if (outputTokens !== undefined) this.#fact("", count(outputTokens), outputTokens === 1 ? "token" : "tokens");
    if (promptTokens !== undefined) {
      const cached = cachedPromptTokens ? `, ${count(cachedPromptTokens)} of them cached` : "";
      this.#fact("", "", `${count(promptTokens)} in the prompt${cached}`);
    }
    // nobody said when the engine began: the wait for it and the prompt are not told apart
    const prompt = ms.queue === undefined ? "until the first token" : names.prompt;
    this.#draw(stretchesOf(this.#seen, chat), { ...names, prompt });
  }

  /** Keeps no room for the server's part: it is there, or will not come. */
  giveUp() {
    this.box.classList.remove("awaited");
    if (!this.#bar.hasAttribute("role")) this.#bar.remove();
  }

  /**
   * @param {ReturnType<typeof stretchesOf>} parts
   * @param {typeof names} named
   */
  #draw({ stretches, laterMs }, named) {
    this.#bar.replaceChildren(...stretches.filter(({ ms }) => ms >= leastMs).map(piece));
    const shown = Object.entries(named).flatMap(([phase, name]) => {
      const all = stretches.filter((stretch) => stretch.phase === phase).map(({ ms }) => ms);
      const ms = all.reduce((sum, each) => sum + each, 0);
      return ms >= leastMs ? [{ phase, text: `${name} ${duration(ms)}${phase === "before" ? sidesOf(all) : ""}` }] : [];
    });
    const samples = shown.map(({ phase, text }) => element("span", "", element("i", `mark ${phase}`), text));
    const later = laterMs < leastMs ? [] : [`${this.#laterWords} ${duration(laterMs)} later`];
    const items = [...samples, ...later.map((text) => element("span", "", text))];
    this.#legend.replaceChildren(...items.flatMap((item) => [item, " "]));
    const spoken = [...shown.map(({ text }) => text), ...later].join(", ");
    this.#bar.setAttribute("role", "img");
    this.#bar.setAttribute("aria-label", `${duration(this.#seen.totalMs)}: ${spoken}`);
    // the bar's label says the same
    this.#legend.setAttribute("aria-hidden", "true");
    this.#facts.after(this.#bar, this.#legend);
  }

  get #laterWords() {
    return this.#seen.kind === "stopped" ? "the server noticed" : "the server was done";
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

/**
 * The app's part is in one sum, and at two places of the bar.
 *
 * @param {readonly number[]} parts
 */
function sidesOf([ahead = 0, behind = 0]) {
  return ahead < leastMs || behind < leastMs ? "" : `, ${duration(behind)} after the model`;
}

/** @param {Stretch} stretch */
function piece({ phase, ms }) {
  const made = element("i", `piece ${phase}`);
  made.style.flexGrow = String(ms);
  return made;
}

/**
 * @param {string} traceId
 * @param {boolean} hasToken
 */
function traceLink(traceId, hasToken) {
  const arrow = element("span", "", " ↗");
  const link = element("a", "", hasToken ? "From the click to the token: one trace" : "Its trace", arrow);
  link.href = `/traces/${traceId}`;
  // as much of it as is needed to find it in a log; the link has all of it
  const id = element("code", "", `${traceId.slice(0, 4)}…${traceId.slice(-4)}`);
  id.title = traceId;
  for (const unsaid of [arrow, id]) unsaid.setAttribute("aria-hidden", "true");
  return element("p", "trace", link, " ", id);
}
