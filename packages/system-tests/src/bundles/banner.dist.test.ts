import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { build } from "esbuild";
import { expect, test } from "vitest";

const app = `
  import { createAiwatch } from "@aiwatch/core";
  import { aiwatchExpress } from "@aiwatch/core/express";
  console.log(typeof aiwatchExpress(createAiwatch()));`;

/** Where the CommonJS packages in it have their `require` from, as the guide says. A bundle that is not minified keeps our names beside it. */
const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

test("a bundle of core, not minified, has no name of the banner that esbuild's ES modules need", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-banner-"));
  try {
    const outfile = join(folder, "app.mjs");
    const stdin = { contents: app, resolveDir: fileURLToPath(new URL(".", import.meta.url)) };
    await build({
      stdin,
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      banner: { js: banner },
      logLevel: "error",
    });
    const { stdout, stderr } = await runToEnd(process.execPath, [outfile], { timeoutMs: 20_000, cwd: folder });
    expect({ stdout, stderr }).toEqual({ stdout: "function\n", stderr: "" });
  } finally {
    await rm(folder, { recursive: true });
  }
});
