import { readFileSync } from "node:fs";
import { minifiedStyle } from "./minified-style.js";

const { tsup: settings } = JSON.parse(readFileSync("package.json", "utf8"));
const tsup = { ...settings, esbuildPlugins: [minifiedStyle] };

/** Files for script tags: without source maps beside them, since they are copied into sites alone. */
const scripts = {
  ...tsup,
  entry: { "aiwatch-browser": "src/script.ts", "aiwatch-panel": "src/panel/index.ts" },
  minify: true,
  sourcemap: false,
  outExtension: () => ({ js: ".js" }),
};

export default ({ format }) => (String(format) === "iife" ? scripts : tsup);
