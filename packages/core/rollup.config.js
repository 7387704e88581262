import { readFileSync } from "node:fs";

const { exports } = JSON.parse(readFileSync("package.json", "utf8"));

/**
 * Makes CommonJS from the ES modules that tsup built, so that its entries share their chunks, too. esbuild, which tsup builds by, shares
 * chunks of ES modules alone: each entry would hold the whole package once more.
 */
export default {
  input: Object.values(exports)
    .filter(({ require }) => require !== undefined)
    .map(({ import: { default: entry } }) => entry),
  external: /^[^./]/,
  plugins: [
    {
      name: "maps-of-the-modules",
      load: (file) => ({ code: readFileSync(file, "utf8"), map: readFileSync(`${file}.map`, "utf8") }),
    },
  ],
  output: {
    dir: "dist",
    sourcemap: true,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
    // a default import is all of `module.exports`, as it is for Node
    interop: "default",
    generatedCode: { preset: "es2015", symbols: false },
    esModule: true,
    hoistTransitiveImports: false,
    // what chunks have of each other, by short names: bundlers cannot shorten what CommonJS exports
    minifyInternalExports: true,
  },
};
