import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const load = {
  esm: (module, at) => `export * as m${at} from "${module}";`,
  cjs: (module) => `require("${module}");`,
};

/**
 * What modules weigh in an app for Node, bundled, minified and compressed.
 *
 * @param {{ modules: string[], format: "esm" | "cjs", external: string[], resolveDir: string }} options
 * @returns {Promise<number>} bytes
 */
export async function bundledBytes({ modules, format, external, resolveDir }) {
  const stdin = { contents: modules.map(load[format]).join("\n"), resolveDir };
  const options = { bundle: true, minify: true, write: false, platform: "node", logLevel: "error" };
  const { outputFiles } = await build({ stdin, format, external, ...options });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}
