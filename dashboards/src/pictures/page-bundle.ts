import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmInstall, toolFolder } from "@aiwatch/testkit";
import { build, type Plugin } from "esbuild";

/** Grafana's components, and the fonts and colours that Grafana itself has from elsewhere. They are in no lock file of ours. */
const packages = [
  "@grafana/ui@13.2.3",
  "@grafana/data@13.2.3",
  "react@19.3.1",
  "react-dom@19.3.1",
  "@fontsource-variable/inter@5.3.0",
  "d3-scale-chromatic@3.1.1",
];

const page = fileURLToPath(new URL("page/index.jsx", import.meta.url));

/** Editors and their languages are in no picture, and weigh more than all the rest. */
const withoutEditors: Plugin = {
  name: "without-editors",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(monaco-editor|monaco-promql|@codemirror\/.*|@lezer\/.*)/ }, ({ path }) => ({
      path,
      namespace: "without-editors",
    }));
    onLoad({ filter: /.*/, namespace: "without-editors" }, () => ({ contents: "module.exports = {};", loader: "js" }));
  },
};

export interface PageBundle {
  readonly script: string;
  readonly styles: string;
}

/** The page's script and styles, bundled anew each time: that takes seconds. The packages are installed once, outside the workspace. */
export async function bundlePage(into: string, say: (line: string) => void): Promise<PageBundle> {
  const folder = await toolFolder("grafana-ui-13.2.3", async (draft) => {
    say("installing Grafana's components, once");
    await writeFile(join(draft, "package.json"), JSON.stringify({ private: true }));
    await npmInstall(draft, packages, "--legacy-peer-deps");
  });
  await mkdir(into, { recursive: true });
  await build({
    entryPoints: { page },
    outdir: into,
    bundle: true,
    format: "iife",
    platform: "browser",
    jsx: "automatic",
    minify: true,
    plugins: [withoutEditors],
    nodePaths: [join(folder, "node_modules")],
    define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
    loader: { ".woff2": "dataurl", ".woff": "dataurl", ".svg": "dataurl", ".png": "dataurl" },
    logLevel: "error",
  });
  return { script: join(into, "page.js"), styles: join(into, "page.css") };
}
