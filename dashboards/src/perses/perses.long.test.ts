import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWithTool, needTool, runToEnd } from "@aiwatch/testkit";
import { expect, it, onTestFinished } from "vitest";
import { dashboardNames } from "../test-support/queries.ts";
import { persesFolder } from "./index.ts";

const plugins = process.env["PERSES_PLUGINS"] ?? "";

/** What percli says of a file. What the panels hold is judged only by the plugins' schemas, which no registry of ours has. */
async function lint(file: string, pluginPath = plugins) {
  const { percli } = await needTool("percli");
  const schemas = pluginPath === "" ? [] : ["--plugin.path", pluginPath];
  return await runToEnd(percli, ["lint", "-f", file, ...schemas], { timeoutMs: 60_000 });
}

async function changed(from: string, to: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-perses-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const text = await readFile(join(persesFolder, "llm-dashboard.json"), "utf8");
  expect(text).toContain(from);
  const copy = join(folder, "llm-dashboard.json");
  await writeFile(copy, text.replace(from, to));
  return copy;
}

describeWithTool("percli", "percli lint", () => {
  it.each(dashboardNames)("accepts %s", async (name) => {
    const { code, stdout } = await lint(join(persesFolder, `${name}.json`));
    expect(stdout).toContain("your resources look good");
    expect(code).toBe(0);
  });

  it.each([
    ["a tag with a dot", '"aiwatch","llm"', '"aiwatch","l.lm"', /tag "l\.lm" contains invalid characters/],
    [
      "a place for a panel that there is not",
      "#/spec/panels/panel-2",
      "#/spec/panels/panel-0",
      /no panel found for ref/,
    ],
    ["a kind of variable that there is not", '"TextVariable"', '"TexVariable"', /unknown variable\.kind "TexVariable"/],
  ])("refuses %s", async (_, from, to, complaint) => {
    const { code, stderr } = await lint(await changed(from, to));
    expect(stderr).toMatch(complaint);
    expect(code).toBe(1);
  });

  it("refuses a field that a panel does not have", async (context) => {
    if (plugins === "") {
      const reason = "what the panels hold: PERSES_PLUGINS names no folder with the plugins of Perses 0.53.1";
      process.stderr.write(`\nNOT CHECKED  ${reason}\n`);
      context.skip(reason);
    }
    const { code, stderr } = await lint(await changed('"calculation"', '"calculatio"'));
    expect(stderr).toMatch(/calculatio: field not allowed/);
    expect(code).toBe(1);
  });
});
