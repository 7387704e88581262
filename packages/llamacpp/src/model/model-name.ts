import { fileNameOf, generalNameOf } from "./model-info.ts";

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
