import { readFileSync } from "node:fs";

const { tsup } = JSON.parse(readFileSync("package.json", "utf8"));

/** Files for script tags: without source maps beside them, since they are copied into sites alone. */
const scripts = {
  ...tsup,
  entry: { "aiwatch-browser": "src/script.ts", "aiwatch-panel": "src/panel/index.ts" },
  minify: true,
  sourcemap: false,
  outExtension: () => ({ js: ".js" }),
};

export default ({ format }) => (String(format) === "iife" ? scripts : tsup);
