import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runToEnd } from "../process/running-process.ts";

const HELPER = fileURLToPath(new URL("./describe-with-tool.ts", import.meta.url));
const VITEST = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

const CHECKS = `
import { describeWithTool } from ${JSON.stringify(HELPER)};
describeWithTool("prometheus", "our rules", () => it("runs", () => expect(1).toBe(1)));
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aiwatch-describe-with-tool-"));
  await writeFile(join(folder, "checks.test.ts"), CHECKS);
});
afterAll(() => rm(folder, { recursive: true }));

/** A run of vitest on a machine without apt: nothing is on the path. */
async function run(env: Record<string, string | undefined>) {
  const args = [VITEST, "run", "--root", folder, "--globals", "--reporter=json", "--outputFile=report.json"];
  const finished = await runToEnd(process.execPath, args, { env: { PATH: folder, AIWATCH_TOOLS_DIR: folder, ...env } });
  return { ...finished, output: finished.stdout + finished.stderr };
}

describe("describeWithTool", () => {
  it("skips loudly where the tool cannot be had", async () => {
    const { code, output } = await run({ CI: undefined });
    expect(output).toContain("NOT CHECKED  our rules: no prometheus (apt-get is not on this machine)");
    expect(code).toBe(0);
  });

  it("fails in CI, so that no check vanishes unseen", async () => {
    const { code, output } = await run({ CI: "true" });
    expect(output).not.toContain("NOT CHECKED");
    expect(code).toBe(1);
  });

  it("runs the checks where the tool is there", async () => {
    const tools = await mkdtemp(join(folder, "tools-"));
    await mkdir(join(tools, "prometheus"));
    const { code, output } = await run({ CI: "true", AIWATCH_TOOLS_DIR: tools });
    expect(output).not.toContain("NOT CHECKED");
    expect(code).toBe(0);
  });
});
