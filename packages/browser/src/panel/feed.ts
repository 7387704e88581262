import { type LiveSummary, withTick } from "./live-events.ts";
import { faultOf, type PanelData } from "./panel-data.ts";
import { noneOf, refusal, shownAs, Trouble, troubleOf } from "./trouble.ts";

/** Where figures come from: a stream of the server's, or its routes, asked again and again. */
export interface FeedOptions {
  /** `/metrics/summary` */
  readonly src: string | undefined;
  /** `/metrics/live` */
  readonly stream: string | undefined;
  /** `/metrics/chats` */
  readonly chats: string | undefined;
  /** @param staleAfterMs from which age on this is old: a stream at rest speaks seldom */
  readonly show: (data: PanelData, staleAfterMs: number) => void;
  readonly fail: (trouble: Trouble) => void;
}

export const pollEveryMs = 3000;
const pollAtMostEveryMs = 30_000;
const answerWithinMs = 10_000;
/** How long a reader polls before it tries a stream again that the server had closed, as it does to one reader too many. */
const streamAgainAfterMs = 30_000;
/** A stream says all of it when it begins: what is silent for so long is held back by somebody, or blocked. */
const firstWithinMs = 5000;
/** A stream at rest speaks every 15 s: one that is silent for longer was cut, and no event said so. */
const silentForMs = 40_000;
const staleAfterMs = 10_000;
const staleAtRestMs = 25_000;

/**
 * Gets figures until it is stopped: over the stream, and over `src` for as long as the stream says nothing, each time three seconds after the last
 * answer, and up to thirty seconds while nothing is answered. What the stream says ends the asking, and an answer under way is dropped: older
 * figures never follow newer ones.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #stopped = new AbortController();
  /** What the page's policy kept the browser from asking. */
  readonly #blocked = new Set<string>();
  #chats: string | undefined;
  #source: EventSource | undefined;
  #live: LiveSummary | undefined;
  /** Errors of the stream since it last spoke. The first is a cut, which the browser mends by itself. */
  #errors = 0;
  /** While `src` is asked. */
  #polling: AbortController | undefined;
  #next: ReturnType<typeof setTimeout> | undefined;
  #late: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #streamAgainAt = Number.POSITIVE_INFINITY;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#chats = options.chats;
  }

  start(): void {
    const { signal } = this.#stopped;
    document.addEventListener("securitypolicyviolation", ({ blockedURI }) => this.#blocked.add(blockedURI), { signal });
    if (this.#options.stream === undefined) this.#startPolling();
    else this.#listen(this.#options.stream);
  }

  stop(): void {
    this.#stopped.abort();
    this.#close();
    this.#stopPolling();
  }

  #close(): void {
    clearTimeout(this.#late);
    clearTimeout(this.#silence);
    this.#source?.close();
    this.#source = undefined;
    this.#live = undefined;
  }

  #listen(stream: string): void {
    this.#errors = 0;
    this.#streamAgainAt = Number.POSITIVE_INFINITY;
    const source = new EventSource(stream);
    this.#source = source;
    source.addEventListener("summary", ({ data }) => this.#heard(stream, data, (whole: LiveSummary) => whole));
    source.addEventListener("tick", ({ data }) =>
      this.#heard(stream, data, (tick: Parameters<typeof withTick>[1]) => this.#live && withTick(this.#live, tick)),
    );
    source.addEventListener("error", () => this.#broke(source, stream));
    this.#late = setTimeout(() => this.#isLate(stream), firstWithinMs);
    this.#awaitEvent(stream);
  }

  #heard<Heard>(stream: string, text: string, next: (event: Heard) => LiveSummary | undefined): void {
    this.#errors = 0;
    clearTimeout(this.#late);
    this.#awaitEvent(stream);
    try {
      const live = next(JSON.parse(text));
      if (live === undefined) return;
      this.#stopPolling();
      this.#live = live;
      const { chats, underWay } = live.chats;
      const isAtRest = underWay === 0;
      this.#options.show({ ...live.summary, chats, underWay }, isAtRest ? staleAtRestMs : staleAfterMs);
    } catch {
      this.#options.fail(noneOf("stream of figures", stream, "text/event-stream"));
    }
  }

  /** The stream may still begin: only its first event ends the asking. */
  #isLate(stream: string): void {
    if (this.#options.src !== undefined) this.#startPolling();
    else this.#options.fail(new Trouble(`${shownAs(stream)} is silent: a proxy may hold it back`));
  }

  /** A connection that was lost without a word, as on a phone that slept, says nothing more. */
  #awaitEvent(stream: string): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#close();
      this.#listen(stream);
    }, silentForMs);
  }

  /** After a cut the browser connects again; after an answer other than 200 it never does. */
  #broke(source: EventSource, stream: string): void {
    if (source !== this.#source) return;
    this.#errors += 1;
    const isOut = this.#errors > 1 || this.#live === undefined;
    const isClosed = source.readyState === EventSource.CLOSED;
    if (isClosed || (isOut && this.#options.src !== undefined)) this.#doWithout(stream);
    else if (isOut) void this.#explain(stream);
  }

  /** Asks instead, and tries the stream again after a while. */
  #doWithout(stream: string): void {
    this.#close();
    this.#streamAgainAt = performance.now() + streamAgainAfterMs;
    if (this.#options.src !== undefined) this.#startPolling();
    else {
      void this.#explain(stream);
      this.#next = setTimeout(() => this.#listen(stream), streamAgainAfterMs);
    }
  }

  /** Of a stream the browser does not say what came. */
  async #explain(stream: string): Promise<void> {
    const { signal } = this.#stopped;
    try {
      const { body, headers } = await this.#answer(stream, signal);
      void body?.cancel();
      const type = headers.get("content-type");
      if (!type?.includes("event-stream")) throw noneOf("stream", stream, type);
    } catch (error) {
      await this.#fail(error, stream, signal);
    }
  }

  async #fail(error: unknown, url: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const trouble = await troubleOf(error, url, this.#blocked);
    if (!signal.aborted) this.#options.fail(trouble);
  }

  #startPolling(): void {
    const { src } = this.#options;
    if (this.#polling !== undefined || src === undefined) return;
    this.#polling = new AbortController();
    void this.#ask(src, this.#polling.signal, pollEveryMs);
  }

  #stopPolling(): void {
    this.#polling?.abort();
    this.#polling = undefined;
    clearTimeout(this.#next);
  }

  async #ask(src: string, signal: AbortSignal, waitMs: number): Promise<void> {
    const { stream, show } = this.#options;
    let nextMs = pollEveryMs;
    if (stream !== undefined && performance.now() >= this.#streamAgainAt) this.#listen(stream);
    else {
      try {
        const data = await this.#figures(src, signal);
        if (!signal.aborted) show(data, staleAfterMs);
      } catch (error) {
        nextMs = Math.min(waitMs * 2, pollAtMostEveryMs);
        await this.#fail(error, src, signal);
      }
    }
    if (!signal.aborted) this.#next = setTimeout(() => void this.#ask(src, signal, nextMs), nextMs);
  }

  async #figures(src: string, signal: AbortSignal): Promise<PanelData> {
    const [summary, list] = await Promise.all([this.#json(src, signal), this.#list(signal)]);
    const fault = faultOf(summary);
    if (fault !== undefined) throw new Trouble(`${shownAs(src)}: ${fault}`, 200);
    return { ...summary, ...list };
  }

  /** The panel does without the chats. Who may not read them is not to ask for them again and again. */
  async #list(signal: AbortSignal): Promise<Partial<PanelData>> {
    if (this.#chats === undefined) return {};
    try {
      const { chats, underWay } = await this.#json(this.#chats, signal);
      return { chats, underWay };
    } catch (error) {
      if (error instanceof Trouble && (error.status ?? 500) < 500) this.#chats = undefined;
      return {};
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: what it is, is checked where it is shown
  async #json(url: string, signal: AbortSignal): Promise<any> {
    const answer = await this.#answer(url, signal);
    const text = await answer.text();
    try {
      return JSON.parse(text);
    } catch {
      throw noneOf("summary", url, answer.headers.get("content-type"));
    }
  }

  async #answer(url: string, stopped: AbortSignal): Promise<Response> {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(answerWithinMs)]);
    const answer = await fetch(url, { headers: { accept: "application/json" }, cache: "no-store", signal });
    if (answer.ok) return answer;
    // a body that nobody reads keeps its connection
    await answer.text();
    throw refusal(url, answer.status);
  }
}
