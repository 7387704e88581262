import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd, snippetOf } from "@aiwatch/testkit";
import { expect, it } from "vitest";

it("the guide's adapter to an engine that we do not know observes what the app's comments say", async () => {
  const guide = new URL("../../../../docs/guide/your-engine.md", import.meta.url);
  // below this package, so that its own name leads to it
  const cache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "aiwatch-adapter-"));
  try {
    const files = ["tiny-engine.mjs", "tiny-adapter.mjs", "app.mjs"];
    const snippets = await Promise.all(files.map((file) => snippetOf(guide, new RegExp(`^/\\*\\* ${file}`))));
    await Promise.all(files.map((file, index) => writeFile(join(folder, file), snippets[index] ?? "")));
    const ended = await runToEnd(process.execPath, ["--conditions=@aiwatch/source", join(folder, "app.mjs")], {});
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    const comments = [...(snippets[2] ?? "").matchAll(/; \/\/ (.+)$/gm)].map(([, comment]) => comment);
    expect(comments).toHaveLength(5);
    expect(ended.stdout.trim().split("\n")).toEqual(comments);
  } finally {
    await rm(folder, { recursive: true });
  }
});
