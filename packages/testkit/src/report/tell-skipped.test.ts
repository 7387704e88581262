import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runToEnd } from "../process/running-process.ts";

const reporter = fileURLToPath(new URL("./tell-skipped.ts", import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

const config = `
import { tellSkipped } from ${JSON.stringify(reporter)};
export default { test: { globals: true, reporters: [tellSkipped] } };
`;
const checks = `
it("runs", () => {});
describe("what nobody has", () => {
  it("is looked at", (context) => context.skip("it cannot\\nbe had"));
  it.skip("is forgotten", () => {});
});
`;

it("a run ends with what it skipped, and why", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-tell-skipped-"));
  try {
    await writeFile(join(folder, "vitest.config.ts"), config);
    await writeFile(join(folder, "checks.test.ts"), checks);
    const { stdout } = await runToEnd(process.execPath, [vitest, "run", "--root", folder]);
    expect(stdout.trim().split("\n")).toEqual([
      "SKIPPED  what nobody has > is looked at: it cannot be had",
      "SKIPPED  what nobody has > is forgotten: it does not say why",
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
