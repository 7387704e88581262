import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

const built = (file: string) => readFile(new URL(`../../dist/${file}`, import.meta.url), "utf8");

it("is built as one file for a script tag, of 14 kB at most with compression", async () => {
  const script = await built("aiwatch-panel.js");
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(14_000);
  expect(script).toContain("aiwatch-panel");
});

it.each(["aiwatch-panel.js", "panel.js"])("imports nothing: %s", async (file) => {
  expect(await built(file)).not.toMatch(/\b(?:import|require)\s*\(|^import\b|\bfrom\s*"/m);
});
