import { readFileSync } from "node:fs";

const { tsup } = JSON.parse(readFileSync("package.json", "utf8"));

/** The file for a script tag: one global, and no source map beside it, since it is copied into sites alone. */
const script = {
  ...tsup,
  entry: { "aiwatch-browser": "src/script.ts" },
  minify: true,
  sourcemap: false,
  outExtension: () => ({ js: ".js" }),
};

export default ({ format }) => (String(format) === "iife" ? script : tsup);
