import { readFile } from "node:fs/promises";

/**
 * For tsup. An ES module reads every export of what it imports, and some of Node's are loaded when they are read: `node:http` alone brings undici
 * and HTTP/2 so, 5 MB and 36 ms. So each import of one of Node's modules becomes a call that finds it as `require` does; on the same line, for
 * the source maps. Node has `getBuiltinModule` since 20.16; any file will do for a `require` of Node's own modules.
 */
export const builtinImports = {
  name: "builtin-imports",
  setup(build) {
    build.onLoad({ filter: /[\\/]packages[\\/]\w+[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const calls = source.replace(importOfNode, callOfBuiltin);
      return { contents: calls === source ? source : `import { builtin } from "builtin"; ${calls}`, loader: "ts" };
    });
    build.onResolve({ filter: /^builtin$/ }, ({ path }) => ({ path, namespace: "build", sideEffects: false }));
    build.onLoad({ filter: /^builtin$/, namespace: "build" }, () => ({ contents: builtin }));
  },
};

/** Under a name that no app's bundle has beside it: `createRequire` is often in the banner that esbuild's ES modules need. */
const builtin = `import { createRequire as requireOfNode } from "node:module";
export const builtin = process.getBuiltinModule ?? requireOfNode(process.execPath);`;

/** What gives a `require` of one's own is left to the bundlers, which know it. */
const importOfNode = /^import (?!type )(\w+)?(?:, )?(\{[^}]*\})? from ("node:(?!module")[^"]+");/gm;

function callOfBuiltin(_, all, names = "", module) {
  const values = names.replace(/\btype \w+(, )?/g, "").replace(/ as /g, ": ");
  const patterns = [all, /\w/.test(values) && values].filter(Boolean);
  return patterns.map((pattern) => `const ${pattern} = builtin(${module});`).join(" ");
}
