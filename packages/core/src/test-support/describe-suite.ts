import { describe, it } from "vitest";
import type { Suite } from "./suite.ts";

/** Runs a suite here, on the sources. */
export function describeSuite({ title, tests }: Suite): void {
  describe(title, () => {
    for (const { name, test } of tests) it(name, test);
  });
}
