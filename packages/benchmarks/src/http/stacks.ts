/** The frameworks whose doors are measured. */
export const frameworks = ["express", "fastify"] as const;

export type Framework = (typeof frameworks)[number];

/**
 * What is around the route: nothing, AIWatch with metrics alone, with lines or sampled spans beside them, with all three, or what apps usually
 * combine.
 */
export const stacks = ["bare", "metrics", "lines", "spans", "signals", "usual"] as const;

export type Stack = (typeof stacks)[number];

/** Those that are AIWatch's. */
export type ObservedStack = Exclude<Stack, "bare" | "usual">;

/** A server on a port of its own, with one route: `GET /items/:id`. */
export interface RunningServer {
  readonly port: number;
  /** @throws when other than `expected` requests were recorded, by any of the signals that are on: the figures would be worth nothing */
  check(expected: number): Promise<void>;
}

/** How many requests each signal knows of; those that are off are absent. */
export type Recorded = Readonly<Record<string, number>>;

/** @throws for the first signal that knows of another number of requests */
export function assertRecorded(recorded: Recorded, expected: number): void {
  for (const [signal, count] of Object.entries(recorded)) {
    if (count !== expected) throw new Error(`the ${signal} know of ${count} requests, not of ${expected}`);
  }
}

/** The JSON that the route answers. */
export function itemOf(id: string) {
  return { id, name: "a local model", sizes: [1, 2, 3], available: true };
}
