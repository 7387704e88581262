import { readFile } from "node:fs/promises";
import { transform } from "esbuild";

/** A plugin of esbuild's: the panel's sheet is bundled without the blanks that are there for who reads the source. */
export const minifiedStyle = {
  name: "minified-style",
  setup({ onLoad }) {
    onLoad({ filter: /panel[\\/]style\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const end = source.lastIndexOf("`");
      const begin = source.lastIndexOf("`", end - 1);
      const { code } = await transform(source.slice(begin + 1, end), { loader: "css", minify: true });
      return { contents: source.slice(0, begin) + JSON.stringify(code) + source.slice(end + 1), loader: "ts" };
    });
  },
};
