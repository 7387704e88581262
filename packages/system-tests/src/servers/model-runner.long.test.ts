import { createTestAiwatch } from "@aiwatch/core/testing";
import { watchLlamaServer } from "@aiwatch/llamacpp/server";
import { describeWith } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { factsOf } from "./test-support/facts.ts";
import { modelRunnerProgram, type RunningModelRunner, startModelRunner } from "./test-support/model-runner.ts";
import { modelRunnerKinds, modelRunnerRefusals } from "./test-support/model-runner-requests.ts";
import { askOnce, type Played, pick, play } from "./test-support/play.ts";
import { outputEvents, toldBy } from "./test-support/told.ts";

const turns = 4;

const path = "/engines/v1/chat/completions";
const model = "ai/tiny-chat";
const messages = [{ role: "user", content: "Hello" }];
describeWith("the adapter and a real Docker Model Runner", modelRunnerProgram, (program) => {
  let runner: RunningModelRunner;
  let played: Played[];
  const seen = createTestAiwatch();
  beforeAll(async () => {
    runner = await startModelRunner(program, ["chat", "endless", "tools", "thinking", "embedding", "ranking"]);
    played = await play({ kinds: modelRunnerKinds, turns, urlOf: () => runner.url, seen, atOnce: 1 });
  });
  afterAll(async () => await runner?.close());

  it.each(modelRunnerKinds)("$path, $name: tokens, times and end are the server's own", (kind) => {
    const answers = played.filter((answer) => answer.kind === kind);
    expect(answers).toHaveLength(turns);
    // its proxy fails now and then, without a word of why
    const [unreached, answered] = partition(answers, ({ above }) => above.status >= 500);
    expect(answered.length).toBeGreaterThan(turns / 2);
    for (const { record } of unreached)
      expect([record.failure, factsOf(record)]).toEqual([{ type: "server_error" }, []]);
    for (const { above, below, record } of answered) {
      expect([above.status, above.text]).toEqual([200, below.text]);
      const { promptTokens, cachedPromptTokens, outputTokens, serverTimes } = toldBy(above.text, kind.choices ?? 1);
      const counts = { promptTokens, cachedPromptTokens, outputTokens, serverTimes };
      expect(pick(record, counts)).toEqual(counts);
      expect(record.failure).toBeUndefined();
      expect(factsOf(record)).toEqual(kind.tells);
      expect([record.model, record.provider]).toEqual([`ai/tiny-${kind.variant}`, "llama.cpp"]);
    }
  });

  it.each(modelRunnerRefusals)("$name is $status, and counts as $type", async ({ path, body, status, type }) => {
    const { answer, records } = await askOnce(runner.url, path, body);
    expect(answer.status).toBe(status);
    expect(records).toMatchObject([{ failure: { type } }]);
    expect(records[0]).not.toHaveProperty("promptTokens");
  });

  it("a stream that is broken off ends once, with what came", async () => {
    const body = { model: "ai/tiny-endless", messages, stream: true };
    const { answer, records } = await askOnce(runner.url, "/engines/v1/chat/completions", body, { events: 5 });
    expect(records).toMatchObject([{ finishReason: { unified: "aborted", raw: "cancelled" } }]);
    const { outputTokens = 0, undeliveredTokens = 0 } = records[0]!;
    expect(outputTokens - undeliveredTokens).toBe(outputEvents(answer.text));
  });

  it("the watcher finds a Docker Model Runner, and what its models count", async () => {
    const { aiwatch, diagnostics } = createTestAiwatch();
    const watch = watchLlamaServer({ url: `${runner.url}/engines/v1`, aiwatch });
    await askOnce(runner.url, path, { model, messages, max_tokens: 3 });
    const reading = await vi.waitUntil(async () => {
      const read = await watch.read();
      return read !== undefined && read.models.length > 0 && read;
    });
    watch.close();
    expect(reading).toMatchObject({ kind: "docker-model-runner", isUp: true });
    expect(diagnostics).toEqual([]);
  });

  it("has no fault to report", () => {
    expect(seen.diagnostics).toEqual([]);
  });
});

function partition<Value>(values: readonly Value[], isFirst: (value: Value) => boolean): [Value[], Value[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}
