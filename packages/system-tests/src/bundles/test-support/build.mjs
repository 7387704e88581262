/** Bundles an app. It runs in a folder of its own that has the bundlers, and is told by its one argument what to do. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

const load = createRequire(join(process.cwd(), "build.js"));
const { bundler, sources, outputs, ...request } = JSON.parse(process.argv[2]);
const entry = sources === "cjs" ? await asCommonJs(request.entry) : request.entry;
/** Its binary lies beside its modules: it is in no bundle. */
const external = ["node-llama-cpp"];

if (bundler === "esbuild") for (const output of outputs) await byEsbuild(output);
else await byRollup();

/** The app as one that says `require`, so that the packages' CommonJS is what is bundled. */
async function asCommonJs(module) {
  const folder = join(dirname(module), "required");
  await mkdir(folder, { recursive: true });
  for (const name of ["chat.mjs", basename(module)]) {
    const { code } = await load("esbuild").transform(await readFile(join(dirname(module), name)), {
      format: "cjs",
      platform: "node",
    });
    await writeFile(join(folder, name.replace(".mjs", ".cjs")), code.replace("./chat.mjs", "./chat.cjs"));
  }
  return join(folder, basename(module).replace(".mjs", ".cjs"));
}

/** As esbuild's own users have to: its ES modules have no `require` for the CommonJS in them, its CommonJS no `import.meta.url`. */
async function byEsbuild({ format, file }) {
  const banners = {
    esm: 'import { createRequire as createRequire_ } from "node:module"; const require = createRequire_(import.meta.url);',
    cjs: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;',
  };
  const defined = process.env.DEFINES_META_URL === "true";
  await load("esbuild").build({
    entryPoints: [entry],
    outfile: file,
    format,
    bundle: true,
    minify: true,
    platform: "node",
    external,
    logLevel: "error",
    ...((format === "esm" || defined) && { banner: { js: banners[format] } }),
    ...(format === "cjs" && defined && { define: { "import.meta.url": "bundleUrl" } }),
  });
}

/** Read once, written in each format. */
async function byRollup() {
  const names = ["node-resolve", "commonjs", "json"].map((name) => load(`@rollup/plugin-${name}`));
  const [resolve, commonjs, json] = names.map((plugin) => plugin.default ?? plugin);
  const { transform } = load("esbuild");
  const minify = { name: "minify", renderChunk: (code) => transform(code, { minify: true }) };
  const plugins = [resolve({ preferBuiltins: true, exportConditions: ["node"] }), commonjs(), json(), minify];
  const bundle = await load("rollup").rollup({ input: entry, external, plugins, onwarn: () => undefined });
  for (const { format, file } of outputs) await bundle.write({ format, file, inlineDynamicImports: true });
  await bundle.close();
}
