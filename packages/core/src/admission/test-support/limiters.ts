import pLimit7 from "p-limit";
import pLimit6 from "p-limit6";
import PQueue9 from "p-queue";
import PQueue8 from "p-queue8";
import type { Limiter } from "../limiter.ts";

type Task = (...args: unknown[]) => unknown;

/** A limiter as a test uses it, whichever it is. */
export interface LimiterUnderTest {
  readonly name: string;
  /** One that runs so many tasks at once. */
  make(concurrency: number): Limiter;
  /** Hands a task over. */
  hand(limiter: Limiter, task: Task, options?: { readonly signal?: AbortSignal; readonly priority?: number }): unknown;
  clear(limiter: Limiter): void;
  /** How many run, and how many wait, by its own account. */
  counts(limiter: Limiter): readonly [running: number, waiting: number];
  /** Whether it takes a signal and a priority. */
  readonly takesOptions: boolean;
}

type PLimit = ReturnType<typeof pLimit7>;
type PQueue = InstanceType<typeof PQueue9>;

const pLimit = (name: string, make: (concurrency: number) => unknown): LimiterUnderTest => ({
  name,
  make: (concurrency) => make(concurrency) as PLimit,
  hand: (limiter, task) => (limiter as PLimit)(task),
  clear: (limiter) => (limiter as PLimit).clearQueue(),
  counts: (limiter) => [(limiter as PLimit).activeCount, (limiter as PLimit).pendingCount],
  takesOptions: false,
});

const pQueue = (name: string, make: (options: { concurrency: number }) => unknown): LimiterUnderTest => ({
  name,
  make: (concurrency) => make({ concurrency }) as PQueue,
  hand: (limiter, task, options) => (limiter as PQueue).add(task, { ...options }),
  clear: (limiter) => (limiter as PQueue).clear(),
  counts: (limiter) => [(limiter as PQueue).pending, (limiter as PQueue).size],
  takesOptions: true,
});

/** The real ones. */
export const limiters: readonly LimiterUnderTest[] = [
  pLimit("p-limit 7", pLimit7),
  pLimit("p-limit 7 that rejects what it clears", (concurrency) => pLimit7({ concurrency, rejectOnClear: true })),
  pLimit("p-limit 6", pLimit6),
  pQueue("p-queue 9", (options) => new PQueue9(options)),
  pQueue("p-queue 8", (options) => new PQueue8(options)),
];
