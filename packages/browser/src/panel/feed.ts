import { type LiveSummary, withTick } from "./live-events.ts";
import type { PanelData } from "./panel-data.ts";

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
  /** @param trouble why nothing came, as the end of a sentence */
  readonly fail: (trouble: string) => void;
}

export const pollEveryMs = 3000;
const pollAtMostEveryMs = 30_000;
const answerWithinMs = 10_000;
/** How long a reader polls before it tries a stream again that the server had closed, as it does to one reader too many. */
const streamAgainAfterMs = 30_000;
/** A stream at rest speaks every 15 s: one that is silent for longer was cut, and no event said so. */
const silentForMs = 40_000;
const staleAfterMs = 10_000;
const staleAtRestMs = 25_000;
const unanswered = "the server does not answer";

/**
 * Gets figures until it is stopped: over the stream, and where there is none over `src`, each time three seconds after the last answer, and up to
 * thirty seconds while nothing is answered.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #stopped = new AbortController();
  #chats: string | undefined;
  #source: EventSource | undefined;
  #live: LiveSummary | undefined;
  /** Errors of the stream since it last spoke. The first is a cut, which the browser mends by itself. */
  #errors = 0;
  #poll: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #streamAgainAt = Number.POSITIVE_INFINITY;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#chats = options.chats;
  }

  start(): void {
    if (this.#options.stream === undefined) void this.#ask(pollEveryMs);
    else this.#listen(this.#options.stream);
  }

  stop(): void {
    this.#stopped.abort();
    this.#close();
    clearTimeout(this.#poll);
  }

  #close(): void {
    clearTimeout(this.#silence);
    this.#source?.close();
    this.#source = undefined;
    this.#live = undefined;
  }

  #listen(stream: string): void {
    this.#errors = 0;
    const source = new EventSource(stream);
    this.#source = source;
    source.addEventListener("summary", ({ data }) => this.#heard(data, (whole: LiveSummary) => whole));
    source.addEventListener("tick", ({ data }) =>
      this.#heard(data, (tick: Parameters<typeof withTick>[1]) => this.#live && withTick(this.#live, tick)),
    );
    source.addEventListener("error", () => this.#broke(source, stream));
    this.#awaitEvent(stream);
  }

  #heard<Heard>(text: string, next: (event: Heard) => LiveSummary | undefined): void {
    this.#errors = 0;
    if (this.#options.stream !== undefined) this.#awaitEvent(this.#options.stream);
    try {
      const live = next(JSON.parse(text));
      if (live === undefined) return;
      this.#live = live;
      const { chats, underWay } = live.chats;
      const isAtRest = underWay === 0;
      this.#options.show({ ...live.summary, chats, underWay }, isAtRest ? staleAtRestMs : staleAfterMs);
    } catch {
      this.#options.fail("the stream is none of figures");
    }
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
    if (source.readyState !== EventSource.CLOSED) {
      if (this.#errors > 1 || this.#live === undefined) this.#options.fail(unanswered);
      return;
    }
    this.#close();
    this.#streamAgainAt = performance.now() + streamAgainAfterMs;
    if (this.#options.src !== undefined) return void this.#ask(pollEveryMs);
    this.#options.fail("the server refuses the stream");
    this.#poll = setTimeout(() => this.#listen(stream), streamAgainAfterMs);
  }

  async #ask(waitMs: number): Promise<void> {
    const { stream, show, fail } = this.#options;
    if (stream !== undefined && performance.now() >= this.#streamAgainAt) return this.#listen(stream);
    let nextMs = pollEveryMs;
    try {
      const data = await this.#figures();
      if (!this.#stopped.signal.aborted) show(data, staleAfterMs);
    } catch (error) {
      nextMs = Math.min(waitMs * 2, pollAtMostEveryMs);
      if (!this.#stopped.signal.aborted) fail(error instanceof Refused ? error.message : unanswered);
    }
    if (this.#stopped.signal.aborted) return;
    this.#poll = setTimeout(() => void this.#ask(nextMs), nextMs);
  }

  async #figures(): Promise<PanelData> {
    const [summary, list] = await Promise.all([this.#json(this.#options.src), this.#list()]);
    return { ...summary, ...list };
  }

  /** The panel does without the chats. Who may not read them is not to ask for them again and again. */
  async #list(): Promise<Partial<PanelData>> {
    if (this.#chats === undefined) return {};
    try {
      const { chats, underWay } = await this.#json(this.#chats);
      return { chats, underWay };
    } catch (error) {
      if (error instanceof Refused && error.status < 500) this.#chats = undefined;
      return {};
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: what it is, is checked where it is shown
  async #json(url: string | undefined): Promise<any> {
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(answerWithinMs)]);
    const answer = await fetch(url ?? "", { headers: { accept: "application/json" }, cache: "no-store", signal });
    // a body that nobody reads keeps its connection
    const text = await answer.text();
    if (!answer.ok) throw new Refused(`it answers ${answer.status}`, answer.status);
    try {
      return JSON.parse(text);
    } catch {
      throw new Refused("the answer is no summary", 200);
    }
  }
}

/** An answer that cannot be used. */
class Refused extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}
