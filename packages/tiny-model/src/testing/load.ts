import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";
import { ensureTinyModel } from "../ensure-tiny-model.ts";
import type { TinyModelOptions } from "../options.ts";

/** llama.cpp with a tiny model in a folder of its own; everything goes with the `await using` that holds it. */
export interface Loaded extends AsyncDisposable {
  readonly llama: Llama;
  readonly model: LlamaModel;
}

export async function load(options: TinyModelOptions = {}): Promise<Loaded> {
  const directory = await mkdtemp(join(tmpdir(), "tiny-model-"));
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: await ensureTinyModel({ ...options, directory }) });
  return {
    llama,
    model,
    [Symbol.asyncDispose]: async () => {
      await llama.dispose();
      await rm(directory, { recursive: true });
    },
  };
}
