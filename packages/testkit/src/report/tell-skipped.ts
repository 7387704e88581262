import type { Reporter, Vitest } from "vitest/node";

let vitest: Vitest | undefined;

/**
 * Ends a run of vitest with a line for each test that was skipped, and why: among thousands nobody sees them go by. Where a name was asked for,
 * most are left out, and a list of them would bury the rest.
 */
export const tellSkipped: Reporter = {
  onInit(started) {
    vitest = started;
  },
  onTestRunEnd(modules) {
    if (vitest?.config.testNamePattern !== undefined) return;
    for (const { children } of modules) {
      for (const test of children.allTests("skipped")) {
        const { note = "it does not say why" } = test.result() as { readonly note?: string };
        process.stdout.write(`SKIPPED  ${test.fullName}: ${note.replace(/\s+/g, " ")}\n`);
      }
    }
  },
};
