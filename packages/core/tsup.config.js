import { readFileSync } from "node:fs";
import { builtinImports } from "../../builtin-imports.js";

const { tsup, version } = JSON.parse(readFileSync("package.json", "utf8"));

/** The package reads its own version from its manifest: what is built holds that, and nothing else of it. */
const onlyVersion = {
  name: "only-version",
  setup(build) {
    build.onLoad({ filter: /[\\/]core[\\/]package\.json$/ }, () => ({
      contents: JSON.stringify({ version }),
      loader: "json",
    }));
  },
};

export default { ...tsup, esbuildPlugins: [onlyVersion, builtinImports] };
