import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd, snippetOf } from "@aiwatch/testkit";
import { expect, it } from "vitest";

const guide = new URL("../../../../docs/guide/your-engine.md", import.meta.url);
const files = ["tiny-engine.mjs", "tiny-adapter.mjs", "app.mjs"] as const;

async function snippets() {
  const texts = await Promise.all(files.map((file) => snippetOf(guide, new RegExp(`^/\\*\\* ${file}`))));
  const [engine = "", adapter = "", app = ""] = texts;
  return { engine, adapter, app };
}

/** Runs the guide's app. @returns the lines that it prints, one for each inference */
async function inferencesOf({ engine, adapter, app }: Awaited<ReturnType<typeof snippets>>): Promise<string[]> {
  // below this package, so that its own name leads to it
  const cache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "aiwatch-adapter-"));
  try {
    const texts = [engine, adapter, app];
    await Promise.all(files.map((file, index) => writeFile(join(folder, file), texts[index] ?? "")));
    const ended = await runToEnd(process.execPath, ["--conditions=@aiwatch/source", join(folder, "app.mjs")], {});
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    return ended.stdout.trim().split("\n");
  } finally {
    await rm(folder, { recursive: true });
  }
}

function replaced(text: string, ...pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((before, [old, mended]) => {
    expect(before).toContain(old);
    return before.replace(old, () => mended);
  }, text);
}

it("the guide's adapter to an engine that we do not know observes what the app's comments say", async () => {
  const guides = await snippets();
  const comments = [...guides.app.matchAll(/; \/\/ (.+)$/gm)].map(([, comment]) => comment);
  expect(comments).toHaveLength(8);
  expect(await inferencesOf(guides)).toEqual(comments);
});

it("an answer that cannot be read reaches the app, and its inference ends", async () => {
  const guides = await snippets();
  const engine = replaced(guides.engine, [
    'stopped: "eos", usage',
    'get stopped() { throw new Error("lazy"); }, usage',
  ]);
  const app = `${guides.app.slice(0, guides.app.indexOf("await engine"))}
console.log((await engine.generate("Hello")).text);`;
  const quiet = app.replace("observers: [print]", "observers: [print], onDiagnostic: ({ what }) => console.log(what)");
  expect(await inferencesOf({ ...guides, engine, app: quiet })).toEqual([
    "stop undefined undefined",
    "ending an observed call",
    "The local model answers.",
  ]);
});

it("the guide's remedy counts an engine once whose promise form calls its stream form", async () => {
  const guides = await snippets();
  const [declaration = "", , inGenerate = "", , inStream = ""] = (await snippetOf(guide, /^const generating/)).split(
    "\n",
  );
  const engine = replaced(guides.engine, [
    "of this.#decode(prompt)) {\n      signal?.throw",
    "of this.stream(prompt)) {\n      signal?.throw",
  ]);
  const adapter = replaced(
    `import { AsyncLocalStorage } from "node:async_hooks";\n${guides.adapter}\n${declaration}`,
    [
      "return runObserved(observedCall, () => Reflect.apply(original, this, observedArgs ?? args), host.diagnostics);",
      inGenerate,
    ],
    ["const engine = this;", `${inStream}\n    const engine = this;`],
  );
  expect((await inferencesOf({ ...guides, engine })).length).toBeGreaterThan(8);
  expect(await inferencesOf({ ...guides, engine, adapter })).toHaveLength(8);
});
