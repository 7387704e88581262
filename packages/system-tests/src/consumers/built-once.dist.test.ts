import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../../", import.meta.url));

/** The sources that a file was built from: esbuild names each before its parts. */
async function sourcesIn(file: string): Promise<string[]> {
  return [...new Set((await readFile(file, "utf8")).match(/^\/\/ src\/\S+$/gm))];
}

test.each(["core", "tracing", "llamacpp", "openai"])(
  "each source of %s is built once for each format",
  async (name) => {
    const dist = `${packages}${name}/dist`;
    const built = await readdir(dist);
    for (const format of [/\.js$/, /\.cjs$/]) {
      const files = built.filter((file) => format.test(file));
      const sources = (await Promise.all(files.map((file) => sourcesIn(`${dist}/${file}`)))).flat();
      expect(sources.length).toBeGreaterThan(5);
      expect(sources.filter((source, index) => sources.indexOf(source) !== index)).toEqual([]);
    }
  },
);
