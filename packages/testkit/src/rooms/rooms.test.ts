import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runToEnd } from "../process/running-process.ts";
import {
  coreImports,
  drawnImports,
  isTooFine,
  packageImports,
  roomsOf,
  tabledImports,
  withTabledImports,
} from "./rooms.ts";

const repository = resolve(import.meta.dirname, "../../../..");
const map = readFileSync(join(repository, "CONTRIBUTING.md"), "utf8");

describe("CONTRIBUTING's map", () => {
  it("draws which package imports which", () => {
    const withImports = Object.entries(packageImports(repository)).filter(([, imported]) => imported.length > 0);
    expect(drawnImports(map)).toEqual(Object.fromEntries(withImports));
  });

  it("names each of core's rooms, and what it imports; check-rooms.js --write brings it up to date", () => {
    expect(tabledImports(map)).toEqual(coreImports(repository));
    expect(withTabledImports(map, coreImports(repository))).toBe(map);
  });
});

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "aiwatch-rooms-"));
  made.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe("a room", () => {
  it("is a package's sources, or a folder of core's, without tests and the entry", () => {
    const root = folderOf({
      "packages/logging/src/index.ts": "export {};\n",
      "packages/logging/src/lines/line.ts": "1;\n2;\n",
      "packages/logging/src/lines/line.test.ts": "1;\n",
      "packages/logging/src/test-support/help.ts": "1;\n",
      "packages/core/src/doors/express.ts": 'import "../base/clock.ts";\n',
      "packages/core/src/base/clock.ts": "1;\n",
    });
    expect(roomsOf(root).map(({ name, files, lines }) => [name, files.length, lines])).toEqual([
      ["core/base", 1, 1],
      ["core/doors", 1, 1],
      ["logging", 1, 2],
    ]);
    expect(coreImports(root)).toEqual({ base: [], doors: ["base"] });
  });

  it("is too fine above 12 files for 1,000 lines, and not where it is small", () => {
    const files = (count: number) => Array.from({ length: count }, (_, index) => `${index}.ts`);
    expect(isTooFine({ files: files(12), lines: 1000 })).toBe(false);
    expect(isTooFine({ files: files(13), lines: 1000 })).toBe(true);
    expect(isTooFine({ files: files(3), lines: 30 })).toBe(false);
    expect(isTooFine({ files: files(4), lines: 240 })).toBe(true);
  });
});

describe("the linter", () => {
  it("finds a circle of types alone", async () => {
    const folder = folderOf({
      "a.ts": 'import type { B } from "./b.ts";\nexport type A = { readonly b: B };\n',
      "b.ts": 'import type { A } from "./a.ts";\nexport type B = { readonly a: A | undefined };\n',
      ".biome.json": JSON.stringify({
        linter: { rules: circlesOf(readFileSync(join(repository, ".biome.json"), "utf8")) },
      }),
    });
    const biome = join(repository, "node_modules/.bin/biome");
    const { code, stderr, stdout } = await runToEnd(biome, ["lint", folder], { cwd: folder });
    expect(stdout + stderr).toContain("noImportCycles");
    expect(code).toBe(1);
  });
});

/** The repository's own rule about circles, and no other. */
function circlesOf(config: string) {
  const { linter } = JSON.parse(config);
  return { preset: "none", suspicious: { noImportCycles: linter.rules.suspicious.noImportCycles } };
}
