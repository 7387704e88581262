import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nodeRelease, runToEnd } from "@aiwatch/testkit";
import { describe, expect, test } from "vitest";

const cwd = fileURLToPath(new URL(".", import.meta.url));

/** The entries of a package that can be imported and required. */
function entriesOf(name: string): string[] {
  const manifest = readFileSync(new URL(`../../../${name}/package.json`, import.meta.url), "utf8");
  const { exports }: { exports: Readonly<Record<string, { readonly require?: unknown }>> } = JSON.parse(manifest);
  const paths = Object.keys(exports).filter((path) => exports[path]?.require !== undefined);
  return paths.map((path) => `@aiwatch/${name}${path.slice(1)}`);
}

const importing = (modules: readonly string[]) => modules.map((module) => `await import("${module}");`).join("\n");
const requiring = (modules: readonly string[]) => modules.map((module) => `require("${module}");`).join("\n");

/** What Node has loaded of its own modules in a process that did `loading`; how it loads ES modules is no part of it. */
async function loadedBy(major: number, type: "module" | "commonjs", loading: string): Promise<string[]> {
  const { program } = await nodeRelease(major);
  const print = `console.log(JSON.stringify(process.moduleLoadList))`;
  const args = ["--no-warnings", `--input-type=${type}`, "--eval", `${loading}\n${print}`];
  const { stdout } = await runToEnd(program, args, { timeoutMs: 20_000, cwd });
  const loaded: string[] = JSON.parse(stdout);
  return loaded.filter((module) => !module.includes(" internal/modules/"));
}

/** An ES module that imports one of Node's reads each of its exports, and loads megabytes with some of them. */
describe.each([20, 24])("on Node %i", (major) => {
  test.each([
    ["core", []],
    ["tracing", []],
    ["logging", ["pino"]],
  ])("an import of %s loads no more of Node than a require of it", async (name, others) => {
    const peers = await loadedBy(major, "module", importing(["prom-client", "@opentelemetry/api", ...others]));
    const required = await loadedBy(major, "commonjs", requiring(entriesOf(name)));
    const imported = await loadedBy(major, "module", importing(entriesOf(name)));
    expect(imported.length).toBeGreaterThan(peers.length);
    expect(imported.filter((module) => !peers.includes(module) && !required.includes(module))).toEqual([]);
  });

  test("core loads no asynchronous file system before a health check asks for it", async () => {
    expect(await loadedBy(major, "module", importing(["@aiwatch/core"]))).not.toContain("NativeModule fs/promises");
  });
});

test.each(["core", "tracing"])("%s finds Node's modules without getBuiltinModule, as before 20.16", async (name) => {
  const without = `delete process.getBuiltinModule;\nif ("getBuiltinModule" in process) throw new Error("still there");`;
  expect(await loadedBy(20, "module", `${without}\n${importing(entriesOf(name))}`)).toContain("NativeModule http");
});
