import { memoryUsage, uptime, versions } from "node:process";
import { ownVersion } from "../base/process-wide.ts";
import { type CompatModelInfo, modelInfo } from "../compat/go-routes.ts";
import type { ModelBoard } from "../models/model-board.ts";
import type { Health } from "./health.ts";

/** What `GET /health` answers. */
export interface HealthReport {
  readonly status: "ok";
  readonly service: string;
  readonly uptimeSeconds: number;
  /** Node's version. */
  readonly node: string;
  /** Node's and AIWatch's, and those of what serves the models where they are known, such as `node-llama-cpp` and `llama.cpp`. */
  readonly versions: Readonly<Record<string, string>>;
  readonly memory: {
    readonly rssBytes: number;
    readonly heapUsedBytes: number;
    readonly heapTotalBytes: number;
    readonly externalBytes: number;
  };
  /** The model that lives here, of several the first one, else the first that was reported or used; null until there is one. */
  readonly model_info: CompatModelInfo | null;
}

/** What the report tells of. */
export interface HealthHost {
  readonly service: string;
  readonly models: ModelBoard;
  readonly health: Health;
}

export function healthReport({ service, models, health }: HealthHost): HealthReport {
  const { rss, heapUsed, heapTotal, external } = memoryUsage();
  return {
    status: "ok",
    service,
    uptimeSeconds: uptime(),
    node: versions.node,
    versions: { ...Object.fromEntries(health.versions), node: versions.node, aiwatch: ownVersion },
    memory: { rssBytes: rss, heapUsedBytes: heapUsed, heapTotalBytes: heapTotal, externalBytes: external },
    model_info: modelInfo(models),
  };
}
