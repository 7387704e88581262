import { createTestAiwatch } from "@aiwatch/core/testing";
import { describeWith } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { factsOf } from "./test-support/facts.ts";
import { ollamaProgram, type RunningOllama, startOllama } from "./test-support/ollama.ts";
import { ollamaKinds } from "./test-support/ollama-requests.ts";
import { type Played, pick, play } from "./test-support/play.ts";
import { toldByOllama } from "./test-support/told-by-ollama.ts";

const turns = 4;

describeWith("the adapter and a real Ollama", ollamaProgram, (program) => {
  let ollama: RunningOllama;
  let played: Played[];
  const seen = createTestAiwatch();
  beforeAll(async () => {
    ollama = await startOllama(program, ["chat", "thinking", "tools", "embedding"]);
    played = await play({ kinds: ollamaKinds, turns, urlOf: () => ollama.url, seen });
  });
  afterAll(async () => await ollama?.close());

  it.each(ollamaKinds)("$name: tokens, times and end are the server's own", ({ name, tells }) => {
    const answers = played.filter(({ kind }) => kind.name === name);
    expect(answers).toHaveLength(turns);
    for (const { above, below, record } of answers) {
      expect([above.status, above.text]).toEqual([200, below.text]);
      const { finish, promptTokens, cachedPromptTokens, outputTokens, serverTimes } = toldByOllama(above.text);
      const counts = { promptTokens, cachedPromptTokens, outputTokens, serverTimes };
      expect(pick(record, counts)).toEqual(counts);
      expect(record.provider).toBe("ollama");
      expect(record.failure).toBeUndefined();
      expect(factsOf(record)).toEqual(tells);
      if (finish !== undefined) expect(record.finishReason.raw).toBe(finish);
    }
  });

  it("has no fault to report", () => {
    expect(seen.diagnostics).toEqual([]);
  });
});
