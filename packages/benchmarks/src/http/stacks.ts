import type { Server } from "node:http";

/** The frameworks whose doors are measured. */
export const frameworks = ["express", "fastify"] as const;

export type Framework = (typeof frameworks)[number];

/**
 * What is around the route. A twin is a second process of the same: what lies between the two is the ruler's own error. `naive` is what anybody
 * writes in an hour, `floor` the least that a span and a line can cost, `usual` what apps combine.
 */
export const stacks = [
  "bare",
  "bare twin",
  "naive metrics",
  "naive",
  "floor",
  "metrics",
  "signals",
  "signals twin",
  "usual",
] as const;

export type Stack = (typeof stacks)[number];

/** What is started for a stack. */
export type Kind = Exclude<Stack, `${string} twin`>;

export const kindOf = (stack: Stack): Kind => stack.replace(" twin", "") as Kind;

/** A server with one route, `GET /items/:id`, which does not listen yet. */
export interface App {
  readonly server: Server;
  readonly check: Check;
}

/** @throws when other than `expected` requests were recorded, by any of the signals that are on: the figures would be worth nothing */
export type Check = (expected: number) => Promise<void>;

/** How many requests each signal has counted; signals that are off are absent. */
export type Recorded = Readonly<Record<string, number>>;

/** @throws for the first signal that counted another number of requests */
export function assertRecorded(recorded: Recorded, expected: number): void {
  for (const [signal, count] of Object.entries(recorded)) {
    if (count !== expected) throw new Error(`the ${signal} count ${count} requests, not ${expected}`);
  }
}

/** The JSON that the route answers. */
export function itemOf(id: string) {
  return { id, name: "a local model", sizes: [1, 2, 3], available: true };
}
