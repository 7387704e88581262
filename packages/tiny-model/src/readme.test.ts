import { readFile } from "node:fs/promises";
import { defineChatSessionFunction, getLlama, type Llama, LlamaChatSession, type LlamaOptions } from "node-llama-cpp";
import { expect, it } from "vitest";
import { ensureTinyModel } from "./ensure-tiny-model.ts";
import { unreadable } from "./test-support/tiny-models.ts";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const snippets = Array.from(readme.matchAll(/^```ts\n(.*?)^```$/gms), ([, code = ""]) => code);

/** A snippet's imports are handed to it; what it logs is given back. */
async function run(snippet: string): Promise<string> {
  const opened: Llama[] = [];
  const logged: string[] = [];
  const given = {
    ensureTinyModel,
    defineChatSessionFunction,
    LlamaChatSession,
    getLlama: async (options: LlamaOptions) => {
      const llama = await getLlama({ ...options, build: "never", maxThreads: 1 });
      opened.push(llama);
      return llama;
    },
    console: { log: (text: string) => void logged.push(text) },
  };
  const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
  await new AsyncFunction(...Object.keys(given), snippet.replace(/^import .*$/gm, ""))(...Object.values(given));
  for (const llama of opened) await llama.dispose();
  return logged.join("\n");
}

it("does what its snippets say", async () => {
  const [chat, functions, thinking, ...others] = await Promise.all(snippets.map(run));
  expect(unreadable(chat ?? "")).toEqual([]);
  expect(unreadable(functions ?? "")).toEqual([]);
  expect(thinking).toBe("Hmm: somebody");
  expect(others).toEqual([]);
});
