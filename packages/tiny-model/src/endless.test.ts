import { LlamaChatSession } from "node-llama-cpp";
import { expect, it } from "vitest";
import { load, split, unreadable } from "./test-support/tiny-models.ts";

it.each([{}, { temperature: 0.9, seed: 5 }])(
  "speaks until it is stopped, past the end of its context (%o)",
  async (sampling) => {
    await using loaded = await load({ variant: "endless" });
    const context = await loaded.model.createContext({ threads: 1, contextSize: 256 });
    const session = new LlamaChatSession({ contextSequence: context.getSequence() });
    const { responseText, stopReason } = await session.promptWithMeta("Go on.", { ...sampling, maxTokens: 700 });
    expect(stopReason).toBe("maxTokens");
    expect(loaded.model.tokenize(responseText)).toHaveLength(700);
    expect(unreadable(split(responseText).slice(0, -1).join(" "))).toEqual([]);
  },
);

it("ends when it is aborted", async () => {
  await using loaded = await load({ variant: "endless" });
  const context = await loaded.model.createContext({ threads: 1, contextSize: 512 });
  const session = new LlamaChatSession({ contextSequence: context.getSequence() });
  const controller = new AbortController();
  const reason = new Error("enough");
  const answer = session.prompt("Go on.", {
    signal: controller.signal,
    onToken: () => controller.abort(reason),
  });
  await expect(answer).rejects.toBe(reason);
});
