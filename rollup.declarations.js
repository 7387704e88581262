import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dts } from "rollup-plugin-dts";

const { exports, dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync("package.json", "utf8"));
const packages = Object.keys({ ...dependencies, ...peerDependencies });

/** The name of a file of declarations and the source that it describes: `["express.d.ts", "src/doors/express.ts"]`. */
const files = Object.values(exports).flatMap((target) => {
  const source = target["@aiwatch/source"];
  const types = [target.types, target.import?.types, target.require?.types];
  return source === undefined ? [] : types.filter(Boolean).map((path) => [path.slice("./dist/".length), source]);
});

const withoutExtension = (file) => file.replace(/\.d\.c?ts$/, "");

/** An entry that is an ES module alone has no declarations for `require`. */
const exportedOnly = {
  name: "exported-only",
  generateBundle(_options, bundle) {
    for (const [file, { isEntry }] of Object.entries(bundle)) {
      if (!isEntry || files.some(([exported]) => exported === file)) continue;
      delete bundle[file];
      delete bundle[`${file}.map`];
    }
  },
};

/** `src` is published beside `dist`: a source map names its sources and need not hold them once more. */
const mapsWithoutSources = {
  name: "maps-without-sources",
  writeBundle() {
    for (const file of readdirSync("dist").filter((name) => name.endsWith("js.map"))) {
      const { sourcesContent: _, ...map } = JSON.parse(readFileSync(join("dist", file), "utf8"));
      writeFileSync(join("dist", file), JSON.stringify(map));
    }
  },
};

/**
 * Bundles a package's declarations, run in its folder after tsup, with maps into `src`: an editor that goes to a definition opens the source.
 * tsup itself makes declarations without maps.
 */
export default {
  input: Object.fromEntries(files.map(([file, source]) => [withoutExtension(file), source])),
  external: (id) => id.startsWith("node:") || packages.some((name) => id === name || id.startsWith(`${name}/`)),
  // the folder that types are checked into would be where maps begin
  plugins: [dts({ sourcemap: true, compilerOptions: { types: ["node"], outDir: ".", composite: false } })],
  output: ["ts", "cts"].map((extension) => ({
    dir: "dist",
    format: "es",
    sourcemap: true,
    entryFileNames: `[name].d.${extension}`,
    chunkFileNames: `[name]-[hash].d.${extension}`,
    plugins: [exportedOnly, mapsWithoutSources],
  })),
};
