import { modelLabel, valueAt } from "@aiwatch/core/adapter";
import { parseLlamaCppMetrics } from "./llamacpp-metrics.ts";
import { type Found, figureOf, notReady, type Run } from "./server-reading.ts";
import { type Answer, type Ask, jsonOf } from "./server-requests.ts";

/**
 * Reads an Ollama: the models that it holds, and where. It has no metrics, and being asked keeps no model loaded.
 * @returns undefined where it is none
 */
export async function readOllama(ask: Ask): Promise<Found | undefined> {
  const [ps, release] = await Promise.all([ask("/api/ps"), ask("/api/version")]);
  if (ps.fault !== undefined) return notReady(ps.fault, "ollama");
  const models: unknown = valueAt(jsonOf(ps), "models");
  if (!Array.isArray(models)) return undefined;
  return { kind: "ollama", faults: [], runs: models.flatMap(heldModel), ...versionIn(release) };
}

function versionIn(release: Answer): Pick<Found, "version"> {
  const version: unknown = valueAt(jsonOf(release), "version");
  return typeof version === "string" ? { version } : {};
}

/** Ollama's own name of the release that a name without one means. */
const latest = /:latest$/;

function heldModel(entry: unknown): Run[] {
  const name: unknown = valueAt(entry, "name");
  if (typeof name !== "string" || name === "") return [];
  const size = figureOf(valueAt(entry, "size"));
  const gpu = figureOf(valueAt(entry, "size_vram"));
  const main = size === undefined || gpu === undefined ? undefined : figureOf(size - gpu);
  const contextSize = figureOf(valueAt(entry, "context_length"));
  const figures: Run["figures"] = {
    state: "loaded",
    ...(contextSize !== undefined && { contextSize }),
    ...(gpu !== undefined && { gpuMemoryBytes: gpu }),
    ...(main !== undefined && { mainMemoryBytes: main }),
  };
  return [{ model: modelLabel(name.replace(latest, "")), counts: {}, figures }];
}

/**
 * Reads a Docker Model Runner: the models that it runs, and what their llama-servers count, as far as it relays that. Release 1.2.9 does so only for
 * models that were asked for by their id.
 * @returns undefined where it is none
 */
export async function readModelRunner(ask: Ask): Promise<Found | undefined> {
  const [ps, metrics, release] = await Promise.all([ask("/engines/ps"), ask("/metrics"), ask("/version")]);
  if (ps.fault !== undefined) return notReady(ps.fault, "docker-model-runner");
  const running: unknown = jsonOf(ps);
  if (!Array.isArray(running)) return undefined;
  const relayed = metrics.status === 200 ? parseLlamaCppMetrics(metrics.body) : [];
  const absurd = relayed.flatMap((each) => each.absurd);
  return {
    kind: "docker-model-runner",
    ...versionIn(release),
    runs: [...running.flatMap(runningModel), ...relayed.map(relayedRun)],
    faults: [
      ...(metrics.fault === undefined ? [] : [metrics.fault]),
      ...(absurd.length === 0 ? [] : [`has figures that cannot be: ${absurd.join(", ")}`]),
    ],
  };
}

function runningModel(entry: unknown): Run[] {
  const name: unknown = valueAt(entry, "model_name");
  if (typeof name !== "string" || name === "") return [];
  return [{ model: modelLabel(name), counts: {}, figures: { state: "loaded" } }];
}

function relayedRun({ labels, counts, gauges }: ReturnType<typeof parseLlamaCppMetrics>[number]): Run {
  const { model = "", backend = "", mode = "" } = labels;
  return { model: modelLabel(model), key: `${model} ${backend} ${mode}`, counts, figures: gauges };
}
