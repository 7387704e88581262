import { memoryUsage, uptime, versions } from "node:process";
import type { ModelBoard } from "../models/model-board.ts";

/** What `GET /health` answers. */
export interface HealthReport {
  readonly status: "ok";
  readonly service: string;
  readonly uptimeSeconds: number;
  /** Node's version. */
  readonly node: string;
  readonly memory: {
    readonly rssBytes: number;
    readonly heapUsedBytes: number;
    readonly heapTotalBytes: number;
    readonly externalBytes: number;
  };
  /** The model that lives here, of several the first one, else the first that was reported or used; null until there is one. */
  readonly model_info: ModelInfo | null;
}

export interface ModelInfo {
  readonly model: string;
  /** The model's architecture, such as `llama`. */
  readonly modelType?: string;
  /** Tokens that one sequence can hold. */
  readonly contextWindow?: number;
}

export function healthReport(service: string, models: ModelBoard): HealthReport {
  const { rss, heapUsed, heapTotal, external } = memoryUsage();
  return {
    status: "ok",
    service,
    uptimeSeconds: uptime(),
    node: versions.node,
    memory: { rssBytes: rss, heapUsedBytes: heapUsed, heapTotalBytes: heapTotal, externalBytes: external },
    model_info: modelInfo(models),
  };
}

function modelInfo(models: ModelBoard): ModelInfo | null {
  const [first] = models.read();
  if (first === undefined) return null;
  const [model, { modelType, contextSize }] = first;
  return {
    model,
    ...(modelType !== undefined && { modelType }),
    ...(contextSize !== undefined && { contextWindow: contextSize }),
  };
}
