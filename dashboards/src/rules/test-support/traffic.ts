import { setTimeout as sleep } from "node:timers/promises";

export interface Chat {
  /** Milliseconds until the reader goes away. @default never */
  readonly patienceMs?: number;
  readonly message?: string;
}

/** One chat to its end, whatever that is. @returns its status; undefined when the reader or the server broke it off */
export async function chat(
  host: string,
  { patienceMs, message = "How does a local model answer?" }: Chat = {},
): Promise<number | undefined> {
  try {
    const response = await fetch(`http://${host}/chat`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ message }),
      ...(patienceMs !== undefined && { signal: AbortSignal.timeout(patienceMs) }),
    });
    await response.text();
    return response.status;
  } catch {
    return undefined;
  }
}

/** What a browser reports of a chat. */
export async function report(host: string, firstTokenMs: number): Promise<void> {
  await fetch(`http://${host}/metrics/log`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ response_time_ms: firstTokenMs + 100, time_to_first_token_ms: firstTokenMs }),
  });
}

/** Readers and browsers that go on until they are stopped. */
export class Traffic {
  readonly #stop = new AbortController();
  readonly #going: Promise<void>[] = [];

  /** Does it again and again, with a pause between two. What fails is done again. */
  repeat(pauseMs: number, action: () => Promise<unknown>): void {
    this.#going.push(this.#loop(pauseMs, action));
  }

  /** So many readers who chat without a rest; who is refused comes back after five seconds. */
  readers(count: number, host: string, options: Chat = {}): void {
    for (let reader = 0; reader < count; reader += 1)
      this.repeat(0, async () => {
        if ((await chat(host, options)) === 503) await this.#pause(5000);
      });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.race([Promise.all(this.#going), sleep(20_000, undefined, { ref: false })]);
  }

  async #loop(pauseMs: number, action: () => Promise<unknown>): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await action().catch(() => undefined);
      await this.#pause(pauseMs);
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}
