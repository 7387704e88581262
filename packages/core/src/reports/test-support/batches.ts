import { randomBytes } from "node:crypto";
import type { BrowserReport, BrowserSpan } from "../schema.ts";

export const randomHex = (bytes: number): string => randomBytes(bytes).toString("hex");

/** A batch with an id of its own. */
export const batchOf = (parts: Partial<BrowserReport> = {}): BrowserReport => ({
  schema: 1,
  id: randomHex(8),
  ...parts,
});

/** An answer that its reader saw to its end, untraced. */
export const answerOf = (parts: Partial<BrowserSpan> = {}): BrowserSpan => ({
  kind: "answer",
  startedAt: Date.now(),
  durationMs: 900,
  firstTextMs: 100,
  paintedMs: 120,
  outcome: "answered",
  ...parts,
});
