import { AsyncResource } from "node:async_hooks";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { elapsedMs, type Later, later } from "../base/time.ts";
import { HttpError, isHttpError } from "../routes/answer.ts";
import { chatsOf, RecentState, summaryOf } from "../routes/json-answers.ts";
import type { SummaryAnswer } from "../summary/schema.ts";
import { LiveClient } from "./live-client.ts";
import { Moment } from "./moment.ts";

/** Milliseconds between two looks at what goes on. */
export const tickMs = 1000;

/** Milliseconds: so often something is written to all, whether there is news or not, so that nothing on its way takes a stream for dead. */
export const quietMs = 15_000;

/** What runs while somebody reads. */
interface Run {
  /** Calls the next look off. */
  callOff: () => void;
  readonly unlisten: readonly (() => void)[];
  /** When something was last written in any case. */
  toldAt: number;
}

/**
 * The live streams of one instance. What goes on is collected once a second, however many read, and each event is made once for all. Nothing runs,
 * and nothing listens, while nobody reads.
 */
export class LiveHub {
  readonly #host: AiwatchHost;
  readonly #maxClients: number;
  readonly #later: Later;
  readonly #recentState: RecentState;
  /** What runs for all must not run in the context of the first one's request, and keep it. */
  readonly #ownContext = new AsyncResource("AIWATCH_LIVE", { requireManualDestroy: true });
  readonly #clients = new Set<LiveClient>();
  #state: SummaryAnswer["state"] | undefined;
  #collecting: Promise<Moment> | undefined;
  #latest: Moment | undefined;
  #run: Run | undefined;

  constructor(host: AiwatchHost, maxClients: number, startTimer: Later = later) {
    this.#host = host;
    this.#maxClients = maxClients;
    this.#later = startTimer;
    this.#recentState = new RecentState(host);
  }

  get clients(): number {
    return this.#clients.size;
  }

  /**
   * Begins a stream. Resolves when its first event is written.
   * @throws HttpError 503 where there are as many as there may be, where the app stops, and where the cluster does not answer
   */
  async join(req: IncomingMessage, res: ServerResponse, isKnown: boolean): Promise<void> {
    if (this.#isStopping) throw stopping();
    if (this.#clients.size >= this.#maxClients) throw tooMany();
    const client = new LiveClient(req, res, isKnown, this.#host.clock);
    this.#clients.add(client);
    client.onceGone(() => this.#leave(client));
    try {
      const moment = this.#recent ?? (await this.#collect());
      if (client.isGone) return;
      if (this.#isStopping) throw stopping();
      client.begin(moment);
      if (!client.isGone) this.#start();
    } finally {
      if (client.isGone || !res.headersSent) this.#leave(client);
    }
  }

  get #isStopping(): boolean {
    return this.#host.health.draining || this.#host.current.isClosing;
  }

  /** What was collected, where it is not old: while somebody reads, what is written to the others. */
  get #recent(): Moment | undefined {
    const ageMs = elapsedMs(this.#latest?.at, this.#host.clock.now());
    return this.#run !== undefined || (ageMs !== undefined && ageMs < tickMs) ? this.#latest : undefined;
  }

  async #collect(): Promise<Moment> {
    this.#collecting ??= this.#gather().finally(() => {
      this.#collecting = undefined;
    });
    return await this.#collecting;
  }

  async #gather(): Promise<Moment> {
    try {
      const [state, summary, chats] = await Promise.all([
        this.#readState(),
        summaryOf(this.#host),
        chatsOf(this.#host),
      ]);
      this.#latest = new Moment(this.#host.clock.now(), { ...summary, state }, chats);
      return this.#latest;
    } catch (error) {
      this.#latest = undefined;
      throw error;
    }
  }

  /** The app's checks may be slow: what they said last holds until they answer. */
  async #readState(): Promise<SummaryAnswer["state"]> {
    const read = this.#recentState.read().then((state) => {
      this.#state = state;
      return state;
    });
    if (this.#state === undefined || this.#isStopping) return await read;
    read.catch(() => {});
    return this.#state;
  }

  #leave(client: LiveClient): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.#stop();
  }

  #start(): void {
    if (this.#run !== undefined) return;
    const { health } = this.#host;
    const end = () => this.#end();
    health.drainers.add(end);
    const run: Run = {
      callOff: () => {},
      unlisten: [this.#host.onClose(end), () => health.drainers.delete(end)],
      toldAt: this.#host.clock.now(),
    };
    this.#run = run;
    this.#ownContext.runInAsyncScope(() => this.#lookLater(run));
  }

  #stop(): void {
    this.#run?.callOff();
    for (const unlisten of this.#run?.unlisten ?? []) unlisten();
    this.#run = undefined;
    this.#state = undefined;
  }

  #lookLater(run: Run): void {
    run.callOff = this.#later(() => void this.#look(run), tickMs);
  }

  async #look(run: Run): Promise<void> {
    const moment = await this.#collect().catch((error) => this.#report("collecting for the live streams", error));
    // they may all have left, and others have come
    if (this.#run !== run) return;
    if (this.#isStopping) return this.#end();
    const now = this.#host.clock.now();
    const isDue = (elapsedMs(run.toldAt, now) ?? quietMs) >= quietMs;
    if (isDue) run.toldAt = now;
    for (const client of this.#clients) {
      if (client.isGone) this.#leave(client);
      else if (client.isHoldingUp) this.#write(client, () => client.end(undefined));
      else this.#write(client, () => client.tell(moment, isDue));
    }
    if (this.#run === run) this.#lookLater(run);
  }

  /** Streams are the first that end: whatever waits for the answers of the app must not wait for them. */
  #end(): void {
    const last = this.#host.health.draining ? this.#latest?.draining : undefined;
    for (const client of this.#clients) {
      this.#write(client, () => client.end(last));
      this.#leave(client);
    }
  }

  /** What another layer makes of the response may throw. */
  #write(client: LiveClient, write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#report("writing to a live stream", error);
      client.cutOff();
    }
  }

  /** That the cluster does not answer is known already. */
  #report(what: string, error: unknown): undefined {
    if (!isHttpError(error)) this.#host.diagnostics.fault("route", what, error);
  }
}

function stopping(): HttpError {
  return new HttpError(503, "this process is about to stop", { "retry-after": "5" });
}

function tooMany(): HttpError {
  return new HttpError(503, "as many live streams are open as maxClients allows", { "retry-after": "10" });
}
