import { model } from "./inference-rows.ts";
import { capped, type GaugeRow } from "./row.ts";

export const modelMemory = {
  type: "gauge",
  name: "genai_app_model_memory_bytes",
  help: "Model memory usage in bytes",
  unit: "bytes",
  labels: { model },
  definition: "The memory of the model's tensors. Loaded twice it counts twice; contexts and KV caches are not in it.",
  source: "llama.cpp's size of the loaded model: the sum of the GGUF's tensor sizes.",
  aggregation: "sum",
} as const satisfies GaugeRow;

export const modelLoad = {
  type: "gauge",
  name: "genai_app_llamacpp_model_load_seconds",
  help: "Time that it took to load the model, in seconds",
  unit: "seconds",
  labels: { model },
  definition:
    "From the call of `loadModel` to the loaded model. Loaded several times: the longest. Absent where the model was loaded before it could be observed.",
  source: "The process's monotonic clock, around `loadModel` of an instrumented `Llama`.",
  aggregation: "max",
} as const satisfies GaugeRow;

/** Each label with a cap of its own: labels of one rule would share it. */
const infoLabels = {
  architecture: capped(50),
  quantization: capped(50),
  parameters: capped(50),
  gpu: capped(50),
  context_train: capped(50),
} as const;

export const modelInfo = {
  type: "gauge",
  name: "genai_app_llamacpp_model_info",
  help: "What the model is; always 1",
  unit: "models",
  labels: { model, ...infoLabels },
  definition:
    "The GGUF's architecture, its quantization by llama.cpp's name of the file type, its number of parameters, the back end that computes (`cpu` without a GPU) and the context size that it was trained with. A label is empty where the file or the release of node-llama-cpp does not tell.",
  source: "The GGUF's metadata and node-llama-cpp.",
  aggregation: "max",
} as const satisfies GaugeRow;
