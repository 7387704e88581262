import { TestRunner } from "vitest";

/** Enough on a quiet machine, whatever is left of a test's time. */
const leastMs = 10_000;

/** What a hook waits, whose own limit nobody tells: 30 s in the shortest project. */
const inHookMs = 25_000;

/** So that a wait fails before its test does, and says what it waited for. */
const marginMs = 2_000;

/** How long a wait takes that is told no limit, in milliseconds: as long as its test may still run. A loaded machine needs more than any fixed limit. */
export function patience(): number {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) return inHookMs;
  const startedAt = test.result?.startTime ?? Date.now();
  return Math.max(leastMs, test.timeout - (Date.now() - startedAt) - marginMs);
}
