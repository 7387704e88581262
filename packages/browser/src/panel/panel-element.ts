import { Announcer } from "./announcer.ts";
import { Feed } from "./feed.ts";
import { PanelBody } from "./panel-body.ts";
import { faultOf, type PanelData } from "./panel-data.ts";
import { panelViewOf } from "./panel-view.ts";
import type { Situation } from "./standing.ts";
import { style } from "./style.ts";
import { isAddress, Trouble } from "./trouble.ts";

/** At most four times a second. */
const leastBetweenMs = 250;
/** Ages are in words that change by the second. */
const ageEveryMs = 1000;

/** In Node there is none: the import is safe, and nobody makes a panel there. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement);

/** Of these attributes the values, the default first. */
const words: Readonly<Record<string, readonly [string, ...string[]]>> = {
  view: ["full", "compact"],
  theme: ["auto", "light", "dark"],
};

/** Said once for all panels of a page. */
const warned = new Set<string>();

let sheet: CSSStyleSheet | undefined;

/** One sheet for all panels of a page. */
function sharedSheet(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
  }
  return sheet;
}

/**
 * `<aiwatch-panel>`: how a model server is doing, live.
 *
 * | attribute | is |
 * | --- | --- |
 * | `src` | where `GET /metrics/summary` is: asked every 3 s while the page is seen, less often while it does not answer |
 * | `chats` | where `GET /metrics/chats` is, for the single chats |
 * | `stream` | where `GET /metrics/live` is; `src` is asked where there is no stream |
 * | `view` | `full`, or `compact` for one line that opens |
 * | `theme` | `auto`, `light` or `dark` |
 * | `trace-url` | where a chat's trace is, with `{traceId}` in it |
 * | `mine` | the trace or request id of the reader's own chat |
 *
 * @example <aiwatch-panel src="/metrics/summary"></aiwatch-panel>
 */
export class AiwatchPanel extends Base {
  static readonly observedAttributes = ["src", "chats", "stream", "view", "theme", "trace-url", "mine"];

  readonly #body = new PanelBody(() => this.#toggle());
  readonly #announcer = new Announcer();
  #data: PanelData | undefined;
  #cameAt = 0;
  #staleAfterMs: number | undefined;
  #trouble: Trouble | undefined;
  #isExpanded = false;
  #feed: Feed | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #nextDraw: ReturnType<typeof setTimeout> | undefined;
  #ageing: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sharedSheet()];
    root.append(this.#body.node, this.#announcer.node);
    this.#takeEarlyData();
  }

  /** What is shown: set it where the page has the JSON by itself. A value that is no summary is shown as a fault. */
  get data(): PanelData | undefined {
    return this.#data;
  }

  set data(value: PanelData | undefined) {
    if (value !== undefined && value !== null) this.#receive(value);
    else {
      this.#data = undefined;
      this.#trouble = undefined;
      this.#drawSoon();
    }
  }

  connectedCallback(): void {
    this.#checkWords();
    document.addEventListener("visibilitychange", this.#look);
    addEventListener("pageshow", this.#look);
    addEventListener("pagehide", this.#rest);
    this.#look();
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.#look);
    removeEventListener("pageshow", this.#look);
    removeEventListener("pagehide", this.#rest);
    this.#rest();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.isConnected || before === after) return;
    if (name === "src" || name === "stream" || name === "chats") this.#ask();
    this.#checkWords();
    this.#drawSoon();
  }

  /** What is none of an attribute's words does nothing. */
  #checkWords(): void {
    for (const [name, known] of Object.entries(words)) {
      const word = this.getAttribute(name) || known[0];
      const warning = `aiwatch-panel: ${name} is "${word}", expected ${known.join(", ")}`;
      if (known.includes(word) || warned.has(warning)) continue;
      warned.add(warning);
      // biome-ignore lint/suspicious/noConsole: who writes the page reads it there
      console.warn(warning);
    }
  }

  /** A property that was set before the element was defined is the instance's own, and hides the setter. */
  #takeEarlyData(): void {
    const own = Object.getOwnPropertyDescriptor(this, "data");
    if (own === undefined) return;
    Reflect.deleteProperty(this, "data");
    this.data = own.value;
  }

  readonly #look = (): void => {
    if (document.hidden) this.#rest();
    else {
      if (this.#feed === undefined) this.#ask();
      this.#ageing ??= setInterval(() => this.#draw(), ageEveryMs);
    }
    this.#draw();
  };

  /** Nothing is asked and nothing drawn while nobody looks. */
  readonly #rest = (): void => {
    this.#feed?.stop();
    this.#feed = undefined;
    clearInterval(this.#ageing);
    clearTimeout(this.#nextDraw);
    this.#ageing = undefined;
    this.#nextDraw = undefined;
  };

  #ask(): void {
    this.#feed?.stop();
    this.#feed = undefined;
    const [src, stream, chats] = ["src", "stream", "chats"].map((name) => this.#address(name));
    if (document.hidden || (src === undefined && stream === undefined)) return;
    this.#feed = new Feed({
      ...{ src, stream, chats },
      show: (data, staleAfterMs) => this.#receive(data, staleAfterMs),
      fail: (trouble) => this.#fail(trouble),
    });
    this.#feed.start();
  }

  #address(name: string): string | undefined {
    const url = this.getAttribute(name) || undefined;
    if (url === undefined || isAddress(url)) return url;
    this.#fail(new Trouble(`${name} is "${url}", expected a path, or "http://${url}"`, 0));
    return undefined;
  }

  #receive(value: PanelData, staleAfterMs?: number): void {
    const fault = faultOf(value);
    if (fault === undefined) {
      this.#data = value;
      this.#cameAt = performance.now();
      this.#staleAfterMs = staleAfterMs;
    }
    this.#trouble = fault === undefined ? undefined : new Trouble(fault, 200);
    this.#drawSoon();
  }

  #fail(trouble: Trouble): void {
    this.#trouble = trouble;
    this.#drawSoon();
  }

  #toggle(): void {
    this.#isExpanded = !this.#isExpanded;
    this.#draw();
  }

  #drawSoon(): void {
    if (!this.isConnected || document.hidden) return;
    const dueMs = this.#drawnAt + leastBetweenMs - performance.now();
    if (dueMs <= 0) this.#draw();
    else this.#nextDraw ??= setTimeout(() => this.#draw(), dueMs);
  }

  #draw(): void {
    clearTimeout(this.#nextDraw);
    this.#nextDraw = undefined;
    this.#drawnAt = performance.now();
    const [traceUrl, mine] = ["trace-url", "mine"].map((name) => this.getAttribute(name) ?? undefined);
    const view = panelViewOf(this.#situation(), { traceUrl, mine });
    const focused = this.shadowRoot?.activeElement;
    const isCompact = this.getAttribute("view") === "compact";
    this.#body.draw(view, { isCompact, isExpanded: this.#isExpanded });
    this.#announcer.hear(view.standing.state, `${view.title}: ${view.standing.words}`, this.#drawnAt);
    // a row that went to another list was out of the document for a moment, and lost the focus
    if (focused instanceof HTMLElement && focused !== this.shadowRoot?.activeElement)
      focused.focus({ preventScroll: true });
  }

  #situation(): Situation {
    return {
      data: this.#data,
      ageMs: this.#data === undefined ? 0 : performance.now() - this.#cameAt,
      staleAfterMs: this.#staleAfterMs ?? 10_000,
      trouble: this.#trouble?.message,
      isAnswered: this.#trouble?.status !== undefined,
      isUnset: this.#feed === undefined,
    };
  }
}
