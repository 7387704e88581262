import { mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmInstall, runToEnd, toolFolder } from "@aiwatch/testkit";

const guide = new URL("../../../../../docs/guide/panel.md", import.meta.url);
const browserPackage = fileURLToPath(new URL("../../../../browser", import.meta.url));

/** What the guide names. Too much for the repository's own lock. */
const packages = {
  "@sveltejs/vite-plugin-svelte": "7.3.1",
  "@types/react": "19.2.7",
  "@vitejs/plugin-react": "6.3.0",
  "@vitejs/plugin-vue": "6.0.11",
  react: "19.3.1",
  "react-dom": "19.3.1",
  svelte: "5.57.3",
  vite: "8.4.0",
  vue: "3.5.45",
};

export type Framework = "HTML" | "React" | "Vue" | "Svelte";

/** What an app has besides what the guide shows: a mount, and a `setMine` that a test can call. */
const apps: Readonly<Record<Exclude<Framework, "HTML">, Readonly<Record<string, string>>>> = {
  React: {
    "vite.config.js": `import react from "@vitejs/plugin-react";\nexport default { plugins: [react()] };`,
    "src/main.jsx": `import { useState } from "react";
import { createRoot } from "react-dom/client";
import { ModelPanel } from "./ModelPanel.jsx";
function App() {
  const [mine, setMine] = useState();
  window.setMine = setMine;
  return <ModelPanel mine={mine} />;
}
createRoot(document.querySelector("#app")).render(<App />);`,
  },
  Vue: {
    "src/main.js": `import { createApp, h, ref } from "vue";
import ModelPanel from "./ModelPanel.vue";
const mine = ref();
window.setMine = (id) => { mine.value = id; };
createApp(() => h(ModelPanel, { mine: mine.value })).mount("#app");`,
  },
  Svelte: {
    "vite.config.js": `import { svelte } from "@sveltejs/vite-plugin-svelte";\nexport default { plugins: [svelte()] };`,
    "src/main.js": `import { mount } from "svelte";
import App from "./App.svelte";
mount(App, { target: document.querySelector("#app") });`,
    "src/App.svelte": `<script>
  import ModelPanel from "./ModelPanel.svelte";
  let mine = $state();
  window.setMine = (id) => { mine = id; };
</script>
<ModelPanel {mine} />`,
  },
};

/** Where the guide's snippets go, by the heading that they stand under and their language. */
const places: Readonly<Record<Exclude<Framework, "HTML">, Readonly<Record<string, string>>>> = {
  React: { jsx: "src/ModelPanel.jsx", ts: "src/aiwatch-panel.d.ts" },
  Vue: { vue: "src/ModelPanel.vue", js: "vite.config.js" },
  Svelte: { svelte: "src/ModelPanel.svelte" },
};

/** The guide's snippets under a heading, by their language. */
export async function snippetsUnder(heading: string): Promise<ReadonlyMap<string, string>> {
  const sections = (await readFile(guide, "utf8")).split(/^## /m);
  const section = sections.find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const snippets = [...section.matchAll(/```(\w+)\n(.*?)```/gs)].map(
    ([, language = "", code = ""]) => [language, code] as const,
  );
  if (snippets.length === 0) throw new Error(`the guide has no snippet under "${heading}"`);
  return new Map(snippets);
}

/** The frameworks with Vite, kept among the tools, and our package as built. */
async function modules(): Promise<string> {
  return toolFolder("panel-frameworks-1", async (draft) => {
    await writeFile(join(draft, "package.json"), JSON.stringify({ private: true, dependencies: packages }));
    // Vite's bundler is in optional packages, one for each platform
    await npmInstall(draft, ["--include=optional"]);
  });
}

/** An app of a framework with the guide's snippets in it, outside of the workspace. */
export async function frameworkApp(framework: Exclude<Framework, "HTML">): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-panel-"));
  const snippets = await snippetsUnder(framework);
  const files: [string, string][] = [
    ["package.json", JSON.stringify({ private: true, type: "module" })],
    [
      "index.html",
      `<!doctype html><html lang="en"><title>app</title><div id="app"></div><script type="module" src="/src/main.js${framework === "React" ? "x" : ""}"></script></html>`,
    ],
    ...Object.entries(apps[framework]),
    ...Object.entries(places[framework]).map(([language, file]): [string, string] => [
      file,
      snippets.get(language) ?? "",
    ]),
  ];
  for (const [file, text] of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  const installed = await modules();
  await mkdir(join(folder, "node_modules/@aiwatch"), { recursive: true });
  await symlink(browserPackage, join(folder, "node_modules/@aiwatch/browser"));
  for (const name of Object.keys(packages)) {
    await mkdir(dirname(join(folder, "node_modules", name)), { recursive: true });
    await symlink(join(installed, "node_modules", name), join(folder, "node_modules", name));
  }
  return folder;
}

/** Builds it by Vite. @returns the folder that is to be served */
export async function builtApp(framework: Exclude<Framework, "HTML">): Promise<string> {
  const folder = await frameworkApp(framework);
  const vite = join(folder, "node_modules/vite/bin/vite.js");
  const { code, stdout, stderr } = await runToEnd(process.execPath, [vite, "build"], {
    cwd: folder,
    timeoutMs: 120_000,
  });
  if (code !== 0 || /warn/i.test(stderr)) throw new Error(`vite ended with ${code}: ${stdout}\n${stderr}`);
  return join(folder, "dist");
}
