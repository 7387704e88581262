import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("the types of the diagnostics are bundled for browsers, with nothing of Node and no other module of ours", async () => {
  const bundled = await build({
    entryPoints: [fileURLToPath(new URL("schema.ts", import.meta.url))],
    bundle: true,
    platform: "browser",
    format: "esm",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  expect(Object.values(bundled.metafile.inputs).flatMap(({ imports }) => imports)).toEqual([]);
  expect(bundled.outputFiles[0]?.text).toContain("diagnosticsSchema");
});
