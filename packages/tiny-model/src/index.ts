export { buildTinyModel } from "./build-tiny-model.ts";
export { type EnsureTinyModelOptions, ensureTinyModel } from "./ensure-tiny-model.ts";
export { main, type Output } from "./main.ts";
export { TinyModelError, type TinyModelOptions, type Variant, variants } from "./options.ts";
