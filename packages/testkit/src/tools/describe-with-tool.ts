import { describe, it } from "vitest";
import { fetchTool, type ToolName } from "./fetch-tool.ts";

/**
 * `describe` for checks of what not every machine can have. Where it cannot be had the block becomes one test that is skipped with the reason,
 * loudly; where `CI` is set it fails instead, so that no check vanishes unseen.
 *
 * @param get rejects with the reason
 */
export function describeWith<Needed>(
  title: string,
  get: () => Promise<Needed>,
  define: (needed: Needed) => void | Promise<void>,
): void {
  // begun at once: what several blocks of a file need is fetched at the same time
  const getting = get().then(
    (needed) => ({ needed }),
    (error: unknown) => ({ reason: error instanceof Error ? error.message : String(error) }),
  );
  describe(title, async () => {
    const had = await getting;
    if ("needed" in had) return await define(had.needed);
    it("has what it needs", (context) => {
      const message = `${title}: ${had.reason}`;
      if (inCi(process.env["CI"])) throw new Error(message);
      process.stderr.write(`\nNOT CHECKED  ${message}\n`);
      context.skip(message);
    });
  });
}

function inCi(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value);
}

/** `describeWith` for checks that need programs which are no npm packages. */
export function describeWithTool(
  tools: ToolName | readonly ToolName[],
  title: string,
  define: () => void | Promise<void>,
): void {
  describeWith(title, () => needAll([tools].flat()), define);
}

async function needAll(tools: readonly ToolName[]): Promise<void> {
  const reasons: string[] = [];
  for (const name of tools) {
    const result = await fetchTool(name);
    if (!result.available) reasons.push(`no ${name} (${result.reason})`);
  }
  if (reasons.length > 0) throw new Error(reasons.join("; "));
}
