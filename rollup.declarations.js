import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode, encode } from "@jridgewell/sourcemap-codec";
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

/** A member of an interface or a class, at the beginning of its line: what is before its name, and the name. */
const memberLine = /^(\s*(?:(?:readonly|static|get|set) )*)([\w$]+)[?!]?[:(<]/;

/** Rollup maps the names that it may rename, and members it may not: an editor that looks for one is sent to whatever comes next. */
const mapsOfMembers = {
  name: "maps-of-members",
  writeBundle(_options, bundle) {
    for (const file of Object.keys(bundle).filter((name) => /\.d\.c?ts\.map$/.test(name))) {
      const map = JSON.parse(readFileSync(join("dist", file), "utf8"));
      const sources = map.sources.map((source) => readFileSync(join("dist", source), "utf8").split("\n"));
      const lines = readFileSync(join("dist", file.slice(0, -".map".length)), "utf8").split("\n");
      const mappings = encode(withMembers(lines, decode(map.mappings), sources));
      writeFileSync(join("dist", file), JSON.stringify({ ...map, mappings }));
    }
  },
};

/**
 * Declarations hold a source's members in its order: each is on the first line with its name after what is mapped before it, and not after
 * what is mapped behind it.
 */
function withMembers(lines, mappings, sources) {
  let last;
  return lines.map((line, index) => {
    const segments = mappings[index] ?? [];
    const [, before, name] = memberLine.exec(line) ?? [];
    const isMapped = name === undefined || segments.some(([column]) => column === before.length);
    const member =
      isMapped || last === undefined ? undefined : find(name, sources[last[1]], last[2] + 1, limitAfter(index));
    const added = member === undefined ? [] : [[before.length, last[1], ...member]];
    const all = [...segments, ...added].sort(([one], [other]) => one - other);
    last = all.at(-1) ?? last;
    return all;
  });

  function limitAfter(index) {
    const next = mappings.slice(index).flat()[0];
    return next?.[1] === last[1] && next[2] > last[2] ? next[2] : Number.POSITIVE_INFINITY;
  }
}

/** @returns line and column of a member between two lines; undefined where there is none */
function find(name, source, from, to) {
  for (let index = from; index < source.length && index <= to; index += 1) {
    const found = memberLine.exec(source[index]);
    if (found?.[2] === name) return [index, found[1].length];
  }
  return undefined;
}

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
    plugins: [exportedOnly, mapsWithoutSources, mapsOfMembers],
  })),
};
