import { isObject } from "@aiwatch/core/adapter";
import { fileTypes } from "./file-types.ts";

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
