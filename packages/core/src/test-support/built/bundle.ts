import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

export type Format = "cjs" | "esm";

const core = fileURLToPath(new URL("../../../", import.meta.url));
const stand = fileURLToPath(new URL("vitest.ts", import.meta.url));

/** Packages stay what an app finds: of core that is what was built. vitest, which is for newer releases of Node, has a stand-in. */
const packages: Plugin = {
  name: "packages",
  setup({ onResolve }) {
    onResolve({ filter: /^vitest$/ }, () => ({ path: stand }));
    onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      const ours = kind !== "entry-point" && !importer.includes("node_modules");
      return ours && path !== "@vitest/expect" ? { path, external: true } : undefined;
    });
  },
};

/**
 * Makes plain JavaScript of a file of tests, or of an app for them.
 * @param file below `src`
 * @param folder from where what was built is found
 * @returns the bundle's path
 * @throws where it holds a source of core itself, which would then be under test
 */
export async function bundle(file: string, format: Format, folder: string): Promise<string> {
  const outfile = join(folder, basename(file, ".ts") + (format === "cjs" ? ".cjs" : ".mjs"));
  const options = { bundle: true, platform: "node", target: "node20", sourcemap: "inline", metafile: true } as const;
  const { metafile, warnings } = await build({
    ...options,
    absWorkingDir: core,
    entryPoints: [join(core, "src", file)],
    outfile,
    format,
    plugins: [packages],
    logLevel: "silent",
  });
  const sources = Object.keys(metafile.inputs).filter((input) => !/node_modules|\/test-support\//.test(input));
  if (sources.length > 0) throw new Error(`these would be tested, and not what was built: ${sources.join(", ")}`);
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join("; "));
  return outfile;
}
