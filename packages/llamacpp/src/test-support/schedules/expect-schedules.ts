import { expect } from "vitest";
import { runModule } from "../run-module.ts";
import type { PlayedSchedule } from "./play-schedule.ts";

interface Result {
  readonly spans: number;
  readonly openSpans: number;
  readonly schedules: readonly PlayedSchedule[];
}

/** How long after the last dispose everything has ended, in milliseconds. */
const deadlineMs = 5000;

/** Plays schedules in a process of its own. A failure names the seed, and what it did: `run-schedules.ts <seed> 1` plays it again. */
export async function expectSchedules(first: number, count: number): Promise<void> {
  const { stdout } = await runModule("schedules/run-schedules", String(first), String(count));
  const { schedules, spans, openSpans }: Result = JSON.parse(stdout);
  expect(schedules).toHaveLength(count);
  for (const { seed, steps, begun, ended, running, lastEndAfterMs, faults } of schedules) {
    const of = `seed ${seed}: ${steps.join(", ")}`;
    expect(begun, of).toBeGreaterThan(0);
    expect({ ended, running, faults }, of).toEqual({ ended: begun, running: 0, faults: [] });
    expect(lastEndAfterMs, of).toBeLessThan(deadlineMs);
  }
  const begun = schedules.reduce((sum, schedule) => sum + schedule.begun, 0);
  expect({ spans, openSpans }).toEqual({ spans: begun, openSpans: 0 });
}
