import { describe, test } from "vitest";
import { installRelease } from "./install-release.ts";
import type { Release } from "./releases.ts";

/**
 * `describe` for checks of a release. Where it cannot be had the block becomes one test that is skipped with the reason, loudly; where `CI`
 * is set it fails instead, so that no check vanishes unseen.
 */
export function describeRelease({ version }: Release, define: (folder: string) => void): void {
  describe(`node-llama-cpp ${version}`, async () => {
    const installed = await installRelease(version).catch((error: unknown) => error);
    if (typeof installed === "string") return define(installed);
    test("can be had", (context) => {
      const message = `no node-llama-cpp ${version} (${String(installed)})`;
      if (!["", "0", "false", undefined].includes(process.env["CI"])) throw new Error(message);
      process.stderr.write(`\nNOT CHECKED  ${message}\n`);
      context.skip(message);
    });
  });
}
