import { createTestAiwatch } from "@aiwatch/core/testing";
import { describeWith } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { factsOf } from "./test-support/facts.ts";
import { ollamaProgram, type RunningOllama, startOllama } from "./test-support/ollama.ts";
import { ollamaKinds } from "./test-support/ollama-requests.ts";
import { known, type Played, play } from "./test-support/play.ts";
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

  it.each(ollamaKinds)("$name: tokens, times and end are the server's own", ({ name }) => {
    const answers = played.filter(({ kind }) => kind.name === name);
    expect(answers).toHaveLength(turns);
    for (const { above, below, record } of answers) {
      expect([above.status, above.text]).toEqual([200, below.text]);
      const { finish, promptTokens, cachedPromptTokens, outputTokens, serverTimes } = toldByOllama(above.text);
      expect(known({ ...record, serverTimes: undefined })).toMatchObject(
        known({ promptTokens, cachedPromptTokens, outputTokens }),
      );
      expect(record.serverTimes).toEqual(serverTimes);
      expect(record.provider).toBe("ollama");
      expect(record.failure).toBeUndefined();
      if (finish !== undefined) expect(record.finishReason.raw).toBe(finish);
    }
    process.stdout.write(`${name}: ${JSON.stringify(factsOf(answers[0]!.record))} ${answers[0]!.record.model}\n`);
  });

  it("has no fault to report", () => {
    expect(seen.diagnostics).toEqual([]);
  });
});
