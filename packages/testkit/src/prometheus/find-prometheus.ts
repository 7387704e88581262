import { join } from "node:path";
import { debianPackages } from "../tools/debian-packages.ts";

export interface PrometheusTool {
  /** Paths of the two programs. */
  readonly prometheus: string;
  readonly promtool: string;
}

/** Debian's Prometheus; its programs need none of the package's dependencies. */
export async function findPrometheus(): Promise<PrometheusTool> {
  const root = await debianPackages("prometheus", ["prometheus"]);
  return { prometheus: join(root, "usr/bin/prometheus"), promtool: join(root, "usr/bin/promtool") };
}
