import { join } from "node:path";
import { runToEnd } from "../process/run-to-end.ts";
import { debianPackages } from "../tools/debian-packages.ts";

export interface OpenMetricsParserTool {
  /** The folder that Python is to look for `prometheus_client` in. */
  readonly pythonPath: string;
}

/** Debian's `prometheus_client`, the reference parser of OpenMetrics, and what it imports; for any python3 on the path. */
export async function findOpenMetricsParser(): Promise<OpenMetricsParserTool> {
  const root = await debianPackages("openmetrics-parser", ["python3-prometheus-client", "python3-decorator"]);
  const pythonPath = join(root, "usr/lib/python3/dist-packages");
  const trial = "import sys; sys.path.insert(0, sys.argv[1]); import prometheus_client.openmetrics.parser";
  const { code, stderr } = await runToEnd("python3", ["-I", "-B", "-c", trial, pythonPath]).catch((error: unknown) => {
    throw new Error("python3 is not on this machine", { cause: error });
  });
  if (code !== 0) throw new Error(`python3 cannot load prometheus_client: ${stderr.trim().split("\n").at(-1)}`);
  return { pythonPath };
}
