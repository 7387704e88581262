import { expect, vi } from "vitest";

/** What llama-server counts itself, of all of its clients. */
export interface ServerCounters {
  /** Prompt tokens evaluated, without cached ones. */
  readonly prompt: number;
  readonly cached: number;
  readonly output: number;
}

export async function countersOf(url: string): Promise<ServerCounters> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const count = (name: string) => Number(new RegExp(`^llamacpp:${name} (\\S+)$`, "m").exec(text)?.[1]);
  return {
    prompt: count("prompt_tokens_total"),
    cached: count("prompt_tokens_cached_total"),
    output: count("tokens_predicted_total"),
  };
}

/** Waits until the server counts so much: it answers first, and counts then. */
export async function waitForCounters(url: string, expected: ServerCounters, before = none): Promise<void> {
  await vi.waitFor(async () => expect(growth(before, await countersOf(url))).toEqual(expected), { timeout: 20_000 });
}

const none: ServerCounters = { prompt: 0, cached: 0, output: 0 };

export function growth(before: ServerCounters, after: ServerCounters): ServerCounters {
  return {
    prompt: after.prompt - before.prompt,
    cached: after.cached - before.cached,
    output: after.output - before.output,
  };
}

/** Scrapes as fast as it can, as a second Prometheus would, until it is stopped. */
export function scraping(url: string): () => Promise<number> {
  let isOver = false;
  let scrapes = 0;
  const scrape = async () => {
    for (; !isOver; scrapes++) await countersOf(url).catch(() => undefined);
    return scrapes;
  };
  const scraped = scrape();
  return () => {
    isOver = true;
    return scraped;
  };
}

/** How many requests the server answers or keeps waiting. */
export async function requestsUnderWay(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(/^llamacpp:requests_(?:processing|deferred) (\d+)$/gm)]
    .map(([, count]) => Number(count))
    .reduce((total, count) => total + count, 0);
}
