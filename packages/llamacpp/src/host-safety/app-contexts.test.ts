import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { defineChatSessionFunction, type LlamaContextSequence } from "node-llama-cpp";
import { expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { newSession } from "../test-support/sessions.ts";

const requests = new AsyncLocalStorage<string>();

/** What the app's own storage holds, wherever the engine calls the app: once for each place and value. */
async function storesIn(sequences: readonly LlamaContextSequence[]): Promise<string[]> {
  const seen = new Set<string>();
  const note = (place: string) => void seen.add(`${place}: ${requests.getStore()}`);
  const getWeather = defineChatSessionFunction({
    params: { type: "object", properties: { city: { type: "string" } } },
    async handler() {
      note("handler");
      await sleep(1);
      note("handler, later");
      return "sunny";
    },
  });
  const answer = async (sequence: LlamaContextSequence, request: string) => {
    const session = newSession(sequence);
    await session.prompt("How is the weather?", {
      maxTokens: 60,
      functions: { getWeather },
      onTextChunk: () => note(`text of ${request}`),
      onToken: () => note(`token of ${request}`),
      onResponseChunk: () => note(`chunk of ${request}`),
      onFunctionCallParamsChunk: () => note(`parameters of ${request}`),
    });
    note(`after ${request}`);
    for await (const _token of sequence.evaluate(sequence.model.tokenize("the model"))) {
      note(`evaluation of ${request}`);
      break;
    }
    note(`at the end of ${request}`);
  };
  await Promise.all(sequences.map((sequence, n) => requests.run(`${n}`, () => answer(sequence, `${n}`))));
  note("outside");
  return [...seen].sort();
}

test("the app's own storage is in callbacks, handlers and loops what it is without us, of several requests at once", async () => {
  const options = { contextSize: 1024, sequences: 2 };
  const [bare, observed] = [await tinyContext(options, "functions"), await tinyContext(options, "functions")];
  const stores = await storesIn([bare.getSequence(), bare.getSequence()]);
  expect(stores).toContain("handler, later: 0");
  expect(stores).toContain("at the end of 1: 1");
  const { aiwatch, inferences } = createTestAiwatch();
  instrumentModel(observed, { aiwatch });
  expect(await storesIn([observed.getSequence(), observed.getSequence()])).toEqual(stores);
  expect(inferences).toHaveLength(4);
  await Promise.all([bare.dispose(), observed.dispose()]);
});
