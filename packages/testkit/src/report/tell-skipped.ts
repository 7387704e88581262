import type { Reporter } from "vitest/node";

/** Ends a run of vitest with a line for each test that was skipped, and why: among thousands nobody sees them go by. */
export const tellSkipped: Reporter = {
  onTestRunEnd(modules) {
    for (const { children } of modules) {
      for (const test of children.allTests("skipped")) {
        const { note = "it does not say why" } = test.result() as { readonly note?: string };
        process.stdout.write(`SKIPPED  ${test.fullName}: ${note.replace(/\s+/g, " ")}\n`);
      }
    }
  },
};
