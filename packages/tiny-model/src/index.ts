export { buildTinyModel } from "./build-tiny-model.ts";
export { type EnsureTinyModelOptions, ensureTinyModel } from "./ensure-tiny-model.ts";
export { main, type Output } from "./main.ts";
export { type TinyModelOptions, type Variant, variants } from "./options.ts";
export { TinyModelError } from "./tiny-model-error.ts";
