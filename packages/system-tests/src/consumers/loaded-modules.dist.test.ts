import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nodeRelease, runToEnd } from "@aiwatch/testkit";
import { expect, test } from "vitest";

const cwd = fileURLToPath(new URL(".", import.meta.url));
const { exports } = JSON.parse(readFileSync(new URL("../../../core/package.json", import.meta.url), "utf8"));
const modules = Object.keys(exports)
  .filter((path) => path !== "./package.json")
  .map((path) => `@aiwatch/core${path.slice(1)}`);
const importAll = modules.map((module) => `await import("${module}");`).join("\n");

/** What an app of one format loads of Node's modules, lazy ones too, with `loading` run first. */
async function loadedOf(major: number, inputType: "module" | "commonjs", loading: string): Promise<string[]> {
  const { program } = await nodeRelease(major);
  const print = `console.log(JSON.stringify(process.moduleLoadList))`;
  const args = ["--no-warnings", `--input-type=${inputType}`, "--eval", `${loading}\n${print}`];
  const { stdout } = await runToEnd(program, args, { timeoutMs: 20_000, cwd });
  return JSON.parse(stdout);
}

/** An ES module that imports one of Node's reads each of its exports, and with some of them loads megabytes that nobody uses. */
test.each([20, 24])("on Node %i an import of core loads no more of Node than a require of it", async (major) => {
  const required = await loadedOf(major, "commonjs", modules.map((module) => `require("${module}");`).join("\n"));
  const peers = `await import("prom-client"); await import("@opentelemetry/api");`;
  const before = await loadedOf(major, "module", peers);
  const imported = await loadedOf(major, "module", importAll);
  const known = new Set([...required, ...before]);
  expect(imported.length).toBeGreaterThan(before.length);
  expect(imported.filter((module) => !known.has(module))).toEqual([]);
  expect(imported).not.toContain("NativeModule fs/promises");
});

test("an import finds Node's modules where there is no process.getBuiltinModule, as before Node 20.16", async () => {
  const before = `delete process.getBuiltinModule;\nif ("getBuiltinModule" in process) throw new Error("still there");`;
  expect(await loadedOf(20, "module", `${before}\n${importAll}`)).toContain("NativeModule http");
});
