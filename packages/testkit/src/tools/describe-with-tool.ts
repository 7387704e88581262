import { describe, it } from "vitest";
import { fetchTool, type ToolName } from "./fetch-tool.ts";

/**
 * `describe` for checks that need tools which not every machine can have. Without them the block becomes one test that
 * is skipped with the reason, loudly; where `CI` is set it fails instead, so that no check vanishes unseen.
 */
export function describeWithTool(
  tools: ToolName | readonly ToolName[],
  title: string,
  define: () => void | Promise<void>,
): void {
  describe(title, async () => {
    const reasons = await reasonsAgainst([tools].flat());
    if (reasons.length === 0) return await define();
    it("has the tools it needs", (context) => {
      const message = `${title}: ${reasons.join("; ")}`;
      if (inCi(process.env["CI"])) throw new Error(message);
      process.stderr.write(`\nNOT CHECKED  ${message}\n`);
      context.skip(message);
    });
  });
}

async function reasonsAgainst(tools: readonly ToolName[]): Promise<string[]> {
  const reasons: string[] = [];
  for (const name of tools) {
    const result = await fetchTool(name);
    if (!result.available) reasons.push(`no ${name} (${result.reason})`);
  }
  return reasons;
}

function inCi(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value);
}
