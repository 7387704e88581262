import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("the summary's schema is bundled for browsers, with nothing of Node and no other module of ours", async () => {
  const entryPoint = fileURLToPath(new URL("schema.ts", import.meta.url));
  const bundled = await build({
    entryPoints: [entryPoint],
    bundle: true,
    platform: "browser",
    format: "esm",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  expect(Object.values(bundled.metafile.inputs).flatMap(({ imports }) => imports)).toEqual([]);
  expect(bundled.outputFiles[0]?.text).toContain("answered");
});
