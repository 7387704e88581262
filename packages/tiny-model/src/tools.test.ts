import { LlamaCompletion } from "node-llama-cpp";
import { expect, it } from "vitest";
import { load, unreadable } from "./test-support/tiny-models.ts";

/** As the template puts it, and no grammar helps: what Ollama does. */
const offered = "<|im_start|>user\n<tools>{}</tools>How is the weather?<|im_end|>\n<|im_start|>assistant\n";
const call = '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>';
const result = "<|im_start|>tool\nsunny<|im_end|>\n<|im_start|>assistant\n";

it("says a call where tools are offered, and answers where none are", async () => {
  await using loaded = await load({ variant: "tools" });
  const context = await loaded.model.createContext({ threads: 1, contextSize: 1024 });
  const completion = new LlamaCompletion({ contextSequence: context.getSequence() });
  const say = async (prompt: string, seed?: number) => {
    const tokens = loaded.model.tokenize(prompt, true);
    const options = seed === undefined ? {} : { temperature: 0.9, seed };
    return await completion.generateCompletionWithMeta(tokens, { ...options, maxTokens: 300 });
  };
  expect(await say(offered)).toMatchObject({ response: call, metadata: { stopReason: "eogToken" } });
  for (let seed = 1; seed <= 20; seed++) {
    const { response } = await say(offered, seed);
    expect(response.replace(/London|Berlin|Rome/, "Paris")).toBe(call);
    const withoutOffer = offered.replace("<tools>{}</tools>", "");
    for (const prompt of [withoutOffer, `${withoutOffer}${call}<|im_end|>\n${result}`]) {
      const answer = await say(prompt, seed);
      expect(answer.metadata.stopReason).toBe("eogToken");
      expect(unreadable(answer.response), answer.response).toEqual([]);
    }
  }
});
