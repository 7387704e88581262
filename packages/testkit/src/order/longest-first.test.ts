import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runToEnd } from "../process/running-process.ts";
import { repositoryRoot } from "../tools/tools-folder.ts";
import { longest } from "./longest-first.ts";

const module = fileURLToPath(new URL("./longest-first.ts", import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

const config = `
import { longestFirst } from ${JSON.stringify(module)};
const tellBegun = { onTestModuleStart: ({ relativeModuleId }) => console.log(relativeModuleId) };
const sequence = { sequencer: longestFirst(["middle.test.ts", "slow.test.ts"]) };
export default { test: { globals: true, maxWorkers: 1, reporters: [tellBegun], sequence } };
`;

it("files that are named begin first, in the order in which they are named, and all others by size", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-longest-first-"));
  const write = (name: string, bytes: number) =>
    writeFile(join(folder, name), `it("runs", () => {});\n// ${"x".repeat(bytes)}\n`);
  try {
    await writeFile(join(folder, "vitest.config.ts"), config);
    await write("large.test.ts", 3_000);
    await write("small.test.ts", 0);
    await write("middle.test.ts", 1_000);
    await write("slow.test.ts", 10);
    await write("no-slow.test.ts", 20);
    const { stdout } = await runToEnd(process.execPath, [vitest, "run", "--root", folder]);
    expect(stdout.trim().split("\n")).toEqual(
      ["middle", "slow", "large", "no-slow", "small"].map((name) => `${name}.test.ts`),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

it.each(longest)("%s is there", (path) => {
  expect(existsSync(join(repositoryRoot(), path))).toBe(true);
});
