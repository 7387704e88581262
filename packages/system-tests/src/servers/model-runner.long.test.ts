import { createTestAiwatch } from "@aiwatch/core/testing";
import { describeWith } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { factsOf } from "./test-support/facts.ts";
import { modelRunnerProgram, type RunningModelRunner, startModelRunner } from "./test-support/model-runner.ts";
import { modelRunnerKinds } from "./test-support/model-runner-requests.ts";
import { type Played, pick, play } from "./test-support/play.ts";
import { toldBy } from "./test-support/told.ts";

const turns = 4;

describeWith("the adapter and a real Docker Model Runner", modelRunnerProgram, (program) => {
  let runner: RunningModelRunner;
  let played: Played[];
  const seen = createTestAiwatch();
  beforeAll(async () => {
    runner = await startModelRunner(program, ["chat", "tools", "thinking"]);
    played = await play({ kinds: modelRunnerKinds, turns, urlOf: () => runner.url, seen, atOnce: 1 });
  });
  afterAll(async () => await runner?.close());

  it.each(modelRunnerKinds)("$path, $name: tokens, times and end are the server's own", (kind) => {
    const answers = played.filter((answer) => answer.kind === kind);
    expect(answers).toHaveLength(turns);
    for (const { above, below, record } of answers) {
      expect([above.status, above.text]).toEqual([200, below.text]);
      const { promptTokens, cachedPromptTokens, outputTokens, serverTimes } = toldBy(above.text, kind.choices ?? 1);
      const counts = { promptTokens, cachedPromptTokens, outputTokens, serverTimes };
      expect(pick(record, counts)).toEqual(counts);
      expect(record.failure).toBeUndefined();
      expect(factsOf(record)).toEqual(kind.tells);
      expect(record.model).toBe(`ai/tiny-${kind.variant}`);
    }
  });

  it("has no fault to report", () => {
    expect(seen.diagnostics).toEqual([]);
  });
});
