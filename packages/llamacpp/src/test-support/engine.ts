import { ensureTinyModel, type Variant } from "@aiwatch/tiny-model";
import { getLlama, type Llama, type LlamaContextOptions, type LlamaModel } from "node-llama-cpp";

let engine: Promise<Llama> | undefined;
const models = new Map<Variant, Promise<LlamaModel>>();

/** The real llama.cpp, once for a test file. */
export function llama(): Promise<Llama> {
  engine ??= getLlama({ gpu: false, build: "never", maxThreads: 1 });
  return engine;
}

export async function loadTinyModel(variant: Variant): Promise<LlamaModel> {
  const [engine, modelPath] = await Promise.all([llama(), ensureTinyModel({ variant })]);
  return engine.loadModel({ modelPath });
}

/** A tiny model that the file's tests share. */
export function tinyModel(variant: Variant = "chat"): Promise<LlamaModel> {
  const known = models.get(variant);
  if (known !== undefined) return known;
  const loading = loadTinyModel(variant);
  models.set(variant, loading);
  return loading;
}

export async function tinyContext(options: LlamaContextOptions = {}, variant: Variant = "chat") {
  const model = await tinyModel(variant);
  return model.createContext({ contextSize: 512, threads: 1, ...options });
}
