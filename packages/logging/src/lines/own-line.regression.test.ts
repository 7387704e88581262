import { expect, it, vi } from "vitest";
import * as here from "./own-line.ts";

it("a line that one copy of the package writes is known to the other one's loggers", async () => {
  vi.resetModules();
  const there = await import("./own-line.ts");
  expect(there.isOwnLine).not.toBe(here.isOwnLine);
  const line = { outputTokens: 3, durationMs: 12 };
  const known: boolean[] = [];
  there.writeOwnLine(line, () => known.push(here.isOwnLine(line), here.isOwnLine({ ...line })));
  known.push(here.isOwnLine(line));
  expect(known).toEqual([true, false, false]);
});
