import { isObject } from "@aiwatch/core/adapter";

/** A path of properties, as far as there are objects. */
function at(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((holder, name) => (isObject(holder) ? Reflect.get(holder, name) : undefined), value);
}

/** The architecture that the GGUF names, such as `llama`. */
export function architectureOf(model: unknown): string | undefined {
  const architecture = at(model, "fileInfo", "metadata", "general", "architecture");
  return typeof architecture === "string" && architecture !== "" ? architecture : undefined;
}

/** The part of the GGUF's metadata that is under its architecture's name. */
export function architectureMetadataOf(model: unknown): object | undefined {
  const architecture = architectureOf(model);
  const metadata =
    at(model, "fileInfo", "architectureMetadata") ??
    (architecture === undefined ? undefined : at(model, "fileInfo", "metadata", architecture));
  return isObject(metadata) ? metadata : undefined;
}

/** The name that the GGUF has for itself. */
export function generalNameOf(model: unknown): string | undefined {
  const name = at(model, "fileInfo", "metadata", "general", "name");
  return typeof name === "string" ? name : undefined;
}

/** The model's file, without its folder. */
export function fileNameOf(model: unknown): string | undefined {
  const name = at(model, "filename");
  return typeof name === "string" ? name : undefined;
}

/** llama.cpp's name of the file's type, such as `Q4_K_M`; a type that it added later than this is its number. */
export function quantizationOf(model: unknown): string | undefined {
  const type = at(model, "fileInfo", "metadata", "general", "file_type");
  return typeof type === "number" ? (fileTypes[type] ?? `file type ${type}`) : undefined;
}

/** The `Llama` that loaded the model. Early releases keep it inside. */
export function llamaOf(model: unknown): object | undefined {
  const llama = at(model, "llama") ?? at(model, "_llama");
  return isObject(llama) ? llama : undefined;
}

/**
 * The model's name where the caller gave none: the GGUF's `general.name`, else its file's base name without `.gguf`. Never a path: some
 * converters write the folder that they read from into `general.name`.
 */
export function modelNameOf(model: unknown): string {
  const general = generalNameOf(model)?.trim();
  if (general !== undefined && general !== "") return isPath(general) ? baseName(general) : general;
  const file = fileNameOf(model)?.trim();
  return file === undefined || file === "" ? "unknown" : baseName(file);
}

/** `meta/llama-3` is a name, `/models/llama-3` is not. */
function isPath(name: string): boolean {
  return /^(?:\/|\.{1,2}\/|~|[a-z]:[\\/])|\\/i.test(name);
}

function baseName(path: string): string {
  const last = path.split(/[\\/]/).findLast((part) => part !== "");
  return last?.replace(/\.gguf$/i, "") ?? "unknown";
}

/**
 * llama.cpp's names of the file types (`llama_ftype`), by their numbers in `general.file_type`.
 * https://github.com/ggml-org/llama.cpp/blob/master/include/llama.h
 */
export const fileTypes: Readonly<Record<number, string>> = {
  0: "F32",
  1: "F16",
  2: "Q4_0",
  3: "Q4_1",
  7: "Q8_0",
  8: "Q5_0",
  9: "Q5_1",
  10: "Q2_K",
  11: "Q3_K_S",
  12: "Q3_K_M",
  13: "Q3_K_L",
  14: "Q4_K_S",
  15: "Q4_K_M",
  16: "Q5_K_S",
  17: "Q5_K_M",
  18: "Q6_K",
  19: "IQ2_XXS",
  20: "IQ2_XS",
  21: "Q2_K_S",
  22: "IQ3_XS",
  23: "IQ3_XXS",
  24: "IQ1_S",
  25: "IQ4_NL",
  26: "IQ3_S",
  27: "IQ3_M",
  28: "IQ2_S",
  29: "IQ2_M",
  30: "IQ4_XS",
  31: "IQ1_M",
  32: "BF16",
  36: "TQ1_0",
  37: "TQ2_0",
  38: "MXFP4_MOE",
  39: "NVFP4",
  40: "Q1_0",
  41: "Q2_0",
};
