import { expect, it } from "vitest";
import { figuresOf } from "./figures.ts";
import type { Visit } from "./readers.ts";

const visit = (sentAt: number, fate: Visit["fate"], firstTextAt?: number, endedAt?: number): Visit => ({
  sentAt,
  fate,
  ...(firstTextAt !== undefined && { firstTextAt }),
  ...(endedAt !== undefined && { endedAt }),
});

it("what readers saw counts in the while in which it happened", () => {
  const visits = [
    visit(0, "answered", 5, 90),
    visit(100, "answered", 100.2, 110),
    visit(100, "answered", 130, 140),
    visit(110, "failed", undefined, 150),
    visit(110, "refused", undefined, 110.1),
    visit(120, "left", undefined, 140),
    visit(150, "waits"),
    visit(160, "reads", 180),
  ];
  const figures = figuresOf(visits, { from: 100, to: 200, objective: 0.5 });
  expect(figures).toMatchObject({
    asked: 7,
    firstTokenP95: 30,
    refused: 1,
    failed: 1,
    left: 1,
    waiting: 1,
    reading: 1,
  });
  // three had a first token and one failed before it; five ended, of which one was refused and one left
  expect(figures).toMatchObject({ goodShare: 1 / 4, refusedShare: 1 / 5, failedShare: 1 / 3, turnedAwayShare: 2 / 5 });
  expect(figures.endedPerSecond).toBe(0.05);
});

it("nothing seen is no figure, and not 0", () => {
  const figures = figuresOf([], { from: 0, to: 10, objective: 1 });
  expect(figures).toMatchObject({ firstTokenP95: undefined, goodShare: undefined, failedShare: undefined });
});
