import { type FinishedProcess, runToEnd } from "../process/run-to-end.ts";
import { needTool } from "../tools/fetch-tool.ts";

/** Runs promtool; what it found is in the code and the outputs. Throws only when promtool cannot be had. */
export async function promtool(args: readonly string[], stdin = ""): Promise<FinishedProcess> {
  const tool = await needTool("prometheus");
  return await runToEnd(tool.promtool, args, { stdin });
}
