import { glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { repositoryRoot } from "../tools/tools-folder.ts";

const root = repositoryRoot();
const pages = ["*.md", "docs/**/*.md", "{packages,examples}/*/README.md", "dashboards/README.md"];

/** None where there is no package. */
async function scriptsIn(folder: string): Promise<string[]> {
  const manifest = await readFile(join(root, folder, "package.json"), "utf8").catch(() => "{}");
  return Object.keys(JSON.parse(manifest).scripts ?? {});
}

/** What a page tells its reader to run by npm, and the workspace that it names. */
const command = /\bnpm (?:run (?=[\w:]))?((?<=run )[\w:]+|start\b|test\b)(?:.*? (?:--workspace|-w)[ =]([\w/-]+))?/g;

it("every script that a page names is one", async () => {
  const unknown: string[] = [];
  let known = 0;
  for await (const page of glob(pages, { cwd: root })) {
    for (const [named, script = "", workspace] of (await readFile(join(root, page), "utf8")).matchAll(command)) {
      const folders = workspace === undefined ? [".", dirname(page)] : [workspace];
      const scripts = await Promise.all(folders.map(scriptsIn));
      if (scripts.flat().includes(script)) known += 1;
      else unknown.push(`${page}: ${named}`);
    }
  }
  expect(unknown).toEqual([]);
  expect(known).toBeGreaterThan(20);
});
