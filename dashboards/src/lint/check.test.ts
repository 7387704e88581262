import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** A copy of what is checked, where the packages are found as from the original. */
describe("npm run check", () => {
  let root: string;
  beforeAll(async () => {
    await mkdir(join(repository, ".cache"), { recursive: true });
    root = await mkdtemp(join(repository, ".cache/dashboards-check-"));
    const isOurs = (path: string) => !/\/(node_modules|dist)(\/|$)/.test(path.slice(repository.length));
    await cp(join(repository, "dashboards"), join(root, "dashboards"), { recursive: true, filter: isOurs });
    await cp(join(repository, "docs/guide/runbooks"), join(root, "docs/guide/runbooks"), { recursive: true });
  });
  afterAll(() => rm(root, { recursive: true }));

  const check = () => runToEnd("npm", ["run", "check", "--silent"], { cwd: join(root, "dashboards") });

  it("passes what is committed", async () => {
    expect(await check()).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it.each([
    [
      "grafana/dashboards/llm-dashboard.json",
      "LLM Performance",
      "LLM",
      /llm-dashboard\.json is not what the source builds: npm run generate/,
    ],
    [
      "prometheus/rules/aiwatch.rules.yaml",
      "vector(0.95)",
      "vector(0.9)",
      /aiwatch\.rules\.yaml is not what the source builds/,
    ],
    ["grafana/dashboards/.lint", "reason:", "because:", /\.lint: template-datasource-rule gives no reason/],
  ])("fails on a changed %s", async (file, text, other, message) => {
    const path = join(root, "dashboards", file);
    const committed = await readFile(path, "utf8");
    await writeFile(path, committed.replace(text, other));
    const { code, stderr } = await check();
    await writeFile(path, committed);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(message) });
  });
});
