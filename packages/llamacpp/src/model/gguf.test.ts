import { expect, test } from "vitest";
import { modelNameOf } from "./gguf.ts";

const model = (name: unknown, filename?: unknown) => ({ filename, fileInfo: { metadata: { general: { name } } } });

test.each([
  ["the GGUF's name", model("Llama 3.2 1B Instruct", "x.gguf"), "Llama 3.2 1B Instruct"],
  ["a name with an owner", model("meta-llama/Llama-3"), "meta-llama/Llama-3"],
  ["a folder in the GGUF's name", model("/home/me/models/llama-3"), "llama-3"],
  ["a Windows path in the GGUF's name", model("C:\\models\\llama-3.gguf"), "llama-3"],
  ["a relative path in the GGUF's name", model("./models/llama-3/"), "llama-3"],
  ["the file where the GGUF names nothing", model(undefined, "llama-3.Q4_K_M.gguf"), "llama-3.Q4_K_M"],
  ["the file where the GGUF's name is blank", model("  ", "llama-3.GGUF"), "llama-3"],
  ["a file with its folder", model(undefined, "/models/llama-3.gguf"), "llama-3"],
  ["neither", model(undefined), "unknown"],
  ["no model", undefined, "unknown"],
])("%s", (_case, given, name) => {
  expect(modelNameOf(given)).toBe(name);
});
