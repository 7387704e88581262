import { readFileSync } from "node:fs";
import { builtinImports } from "../../builtin-imports.js";

const { tsup } = JSON.parse(readFileSync("package.json", "utf8"));

export default { ...tsup, esbuildPlugins: [builtinImports] };
