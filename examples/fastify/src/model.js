import { instrumentModel } from "@aiwatch/llamacpp";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";

/** Answers that the model gives at once, each on a sequence of its own. */
const sequences = 4;

/** Nothing is compiled here, and llama.cpp's own lines, which are no JSON, stay out of the log. */
const engine = /** @type {const} */ ({ build: "never", logLevel: LlamaLogLevel.disabled });

/** The tiny model has nothing to do for a GPU, nor for a second thread. */
const tinyEngine = /** @type {const} */ ({ ...engine, gpu: false });

/**
 * The model and a context of it. What is made from an instrumented engine is observed: the model, the context, and each session on it.
 *
 * @param {ReturnType<typeof import("./settings.js").readSettings>} settings
 * @param {import("@aiwatch/core").Aiwatch} aiwatch
 */
export async function loadModel({ modelPath, threads }, aiwatch) {
  const tiny = modelPath === undefined;
  const llama = instrumentModel(await getLlama(tiny ? tinyEngine : engine), { aiwatch });
  const model = await llama.loadModel({ modelPath: modelPath ?? (await ensureTinyModel()) });
  const wanted = threads ?? (tiny ? 1 : undefined);
  return await model.createContext({
    sequences,
    contextSize: { max: 8192 },
    ...(wanted !== undefined && { threads: wanted }),
  });
}
