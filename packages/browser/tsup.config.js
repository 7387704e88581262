import { readFileSync } from "node:fs";

const { tsup } = JSON.parse(readFileSync("package.json", "utf8"));

/** A file for a script tag: one global, and no source map beside it, since it is copied into sites alone. */
const script = (name, source, globalName) => ({
  ...tsup,
  entry: { [name]: source },
  globalName,
  minify: true,
  sourcemap: false,
  outExtension: () => ({ js: ".js" }),
});

const scripts = [
  script("aiwatch-browser", "src/index.ts", "aiwatch"),
  script("aiwatch-panel", "src/panel/index.ts", "aiwatchPanel"),
];

export default ({ format }) => (String(format) === "iife" ? scripts : tsup);
