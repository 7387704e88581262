import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runToEnd } from "../process/running-process.ts";

const BIN = fileURLToPath(new URL("../../bin/check-packages.js", import.meta.url));

const EXPORTS = {
  ".": {
    "@ours/source": "./src/index.ts",
    import: { types: "./dist/index.d.ts", default: "./dist/index.js" },
    require: { types: "./dist/index.d.cts", default: "./dist/index.cjs" },
  },
};

const GOOD = {
  "package.json": manifest({ exports: EXPORTS, files: ["dist", "src", "!src/**/*.test.ts"] }),
  "src/index.ts": "export const tea = 1;",
  "src/index.test.ts": "",
  LICENSE: "Do as you please.",
  "dist/index.js": "export const tea = 1;",
  "dist/index.cjs": "exports.tea = 1;",
  "dist/index.d.ts": "export declare const tea: number;",
  "dist/index.d.cts": "export declare const tea: number;",
};

function manifest(fields: object) {
  return JSON.stringify({
    name: "tea",
    version: "1.0.0",
    type: "module",
    license: "MIT",
    engines: { node: ">=20" },
    ...fields,
  });
}

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "aiwatch-check-packages-"));
  await writeFile(join(root, "package.json"), JSON.stringify({ workspaces: ["tea"] }));
});
afterEach(() => rm(root, { recursive: true }));

/** Checks a workspace of one package with these files; a file that is `undefined` is left out. */
async function check(files: Record<string, string | undefined>) {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, "tea", path);
    await mkdir(dirname(file), { recursive: true });
    if (text !== undefined) await writeFile(file, text);
  }
  return await runToEnd(process.execPath, [BIN, root]);
}

describe("check-packages", () => {
  it("passes a sound package in one line", async () => {
    expect(await check(GOOD)).toEqual({ code: 0, stdout: "ok    tea@1.0.0\n", stderr: "" });
  });

  it("passes a package of data without types", async () => {
    const data = {
      "package.json": manifest({ exports: { "./*.json": "./data/*.json" } }),
      "data/a.json": "{}",
      LICENSE: "x",
    };
    expect(await check(data)).toMatchObject({ code: 0, stdout: "ok    tea@1.0.0\n" });
  });

  it("passes code with data beside it, and finds data that is missing", async () => {
    const exports = { ...EXPORTS, "./tea.yaml": "./tea.yaml" };
    const both = {
      ...GOOD,
      "package.json": manifest({ exports, files: ["dist", "src", "!src/**/*.test.ts", "tea.yaml"] }),
    };
    expect(await check({ ...both, "tea.yaml": "kind: tea\n" })).toMatchObject({ code: 0, stdout: "ok    tea@1.0.0\n" });
    await rm(join(root, "tea/tea.yaml"));
    expect(await check({})).toMatchObject({ code: 1, stdout: expect.stringContaining("publint error") });
  });

  it.each([
    ["a file that exports name and nobody built", { "dist/index.cjs": undefined }, "publint error"],
    ["types of the wrong module system", { "dist/index.d.cts": "declare const a: 1; export default a;" }, "attw: "],
    ["types that are missing", { "dist/index.d.ts": undefined, "dist/index.d.cts": undefined }, "attw: "],
    ["a licence that is missing", { LICENSE: undefined }, "pack: LICENSE is missing"],
    ["tests in the tarball", { "dist/index.test.js": "" }, "pack: dist/index.test.js is a test"],
  ])("finds %s", async (_, files, finding) => {
    const finished = await check({ ...GOOD, ...files });
    expect(finished.code).toBe(1);
    expect(finished.stdout).toMatch(/^WRONG tea@1\.0\.0\n/);
    expect(finished.stdout).toContain(`      ${finding}`);
  });

  it("does not look at private packages, and says so when nothing is left", async () => {
    const finished = await check({ "package.json": manifest({ private: true }) });
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain("is published");
  });
});
