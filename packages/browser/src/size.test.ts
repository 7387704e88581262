import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

/** Bytes, minified and compressed, for whoever takes all of it. */
const bound = 4000;

it.each([
  ["index.ts", "esm"],
  ["script.ts", "iife"],
] as const)("%s, as %s, weighs at most 4 kB and imports nothing", async (entry, format) => {
  const entryPoints = [fileURLToPath(new URL(entry, import.meta.url))];
  const options = { bundle: true, minify: true, write: false, metafile: true, target: "es2022" } as const;
  const { outputFiles, metafile } = await build({ entryPoints, format, ...options });
  expect(gzipSync(outputFiles[0]!.contents, { level: 9 }).length).toBeLessThanOrEqual(bound);
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
  expect(Object.keys(metafile.inputs).filter((path) => !path.includes("packages/browser/src/"))).toEqual([]);
});
