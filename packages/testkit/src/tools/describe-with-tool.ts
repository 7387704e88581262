import { describeWith } from "./describe-with.ts";
import { fetchTool, type ToolName } from "./fetch-tool.ts";

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
