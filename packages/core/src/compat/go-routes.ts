import type { Health } from "../health/health.ts";
import type { ModelBoard } from "../models/model-board.ts";
import type { ModelReadings } from "../models/readings.ts";
import { type Answer, sendJson } from "../routes/answer.ts";

/** `GET /models`, in the Go system's shape. */
export function answerModels(host: { readonly models: ModelBoard }): Answer {
  return async function models(_req, res) {
    sendJson(res, 200, listModels(host.models));
  };
}

/** `GET /readiness`: what `/readyz` says, as the original did: `ready` or `not ready`. */
export function answerReadiness(host: { readonly health: Health }): Answer {
  return async function readiness(_req, res) {
    const { ready, checks } = await host.health.readiness();
    const shown = Object.entries(checks).map(([name, { critical: _, ...check }]) => [name, check]);
    sendJson(res, ready ? 200 : 503, { status: ready ? "ready" : "not ready", checks: Object.fromEntries(shown) });
  };
}

/** A model as the Go system's `GET /models` listed it: every field is a text, empty where it is not known. */
export interface ListedModel {
  readonly name: string;
  /** The number of parameters, such as `1.24 B`. */
  readonly parameters: string;
  /** llama.cpp's name of the file type, such as `Q8_0`. */
  readonly quantization: string;
  /** Such as `llama`. */
  readonly architecture: string;
  /** The name again: models that are not Docker's have no other id. */
  readonly modelId: string;
  /** Always empty. */
  readonly created: string;
  /** The memory of the model's tensors, such as `1.22 GiB`. */
  readonly size: string;
}

/** The models that live here or were used or reported, those that live here first. */
export function listModels(models: ModelBoard): ListedModel[] {
  return Array.from(models.read(), ([name, readings]) => listedModel(name, readings));
}

function listedModel(name: string, { info, modelMemoryBytes }: ModelReadings): ListedModel {
  return {
    name,
    parameters: scaled(info?.parameters, 1000, ["", "K", "M", "B"]),
    quantization: info?.quantization ?? "",
    architecture: info?.architecture ?? "",
    modelId: name,
    created: "",
    size: scaled(modelMemoryBytes, 1024, ["B", "KiB", "MiB", "GiB"]),
  };
}

function scaled(value: number | undefined, step: number, units: readonly string[]): string {
  if (value === undefined) return "";
  let power = 0;
  while (value >= step ** (power + 1) && power < units.length - 1) power += 1;
  return `${power === 0 ? value : (value / step ** power).toFixed(2)} ${units[power]}`.trimEnd();
}

/** The model in `GET /health`, as the original told it. */
export interface CompatModelInfo {
  readonly model: string;
  /** What runs the model, such as `llama.cpp`. */
  readonly modelType?: string;
  /** Tokens that one sequence can hold. */
  readonly contextWindow?: number;
}

/** The model that lives here, of several the first one, else the first that was reported or used; null until there is one. */
export function modelInfo(models: ModelBoard): CompatModelInfo | null {
  const [first] = models.read();
  if (first === undefined) return null;
  const [model, { modelType, contextSize }] = first;
  return {
    model,
    ...(modelType !== undefined && { modelType }),
    ...(contextSize !== undefined && { contextWindow: contextSize }),
  };
}
