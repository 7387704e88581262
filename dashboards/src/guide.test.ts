import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd, snippetOf } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { allPanels, type GrafanaDashboard } from "./grafana-json.ts";
import { readDashboard } from "./test-support/queries.ts";

const root = new URL("../..", import.meta.url);

it("the guide's script adds a row to a copy of the dashboard, with ids that nothing else has", async () => {
  const snippet = await snippetOf(new URL("docs/guide/dashboards.md", root));
  // inside of the repository, where the package is found
  const cache = fileURLToPath(new URL(".cache", root));
  await mkdir(cache, { recursive: true });
  const cwd = await mkdtemp(join(cache, "guide-"));
  try {
    expect(await runToEnd(process.execPath, ["--input-type=module"], { cwd, stdin: snippet })).toMatchObject({
      code: 0,
    });
    const ours = JSON.parse(await readFile(join(cwd, "our-llm-dashboard.json"), "utf8")) as GrafanaDashboard;
    const panels = allPanels(ours);
    expect(ours.uid).toBe("our-llm-dashboard");
    expect(panels.slice(-2).map(({ title }) => title)).toEqual(["Ours", "Uploads"]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(panels).toHaveLength(allPanels(readDashboard("llm-dashboard")).length + 2);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
});
