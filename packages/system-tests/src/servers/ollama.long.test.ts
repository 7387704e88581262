import { createTestAiwatch } from "@aiwatch/core/testing";
import { watchLlamaServer } from "@aiwatch/llamacpp/server";
import { describeWith } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { factsOf } from "./test-support/facts.ts";
import { ollamaProgram, type RunningOllama, startOllama } from "./test-support/ollama.ts";
import { ollamaKinds, ollamaRefusals } from "./test-support/ollama-requests.ts";
import { askOnce, type Played, pick, play } from "./test-support/play.ts";
import { toldByOllama } from "./test-support/told-by-ollama.ts";

const turns = 4;

const messages = [{ role: "user", content: "Hello" }];

describeWith("the adapter and a real Ollama", ollamaProgram, (program) => {
  let ollama: RunningOllama;
  let played: Played[];
  const seen = createTestAiwatch();
  beforeAll(async () => {
    ollama = await startOllama(program, ["chat", "endless", "thinking", "tools", "embedding"]);
    played = await play({ kinds: ollamaKinds, turns, urlOf: () => ollama.url, seen });
  });
  afterAll(async () => await ollama?.close());

  it.each(ollamaKinds)("$path, $name: tokens, times and end are the server's own", (kind) => {
    const answers = played.filter((answer) => answer.kind === kind);
    expect(answers).toHaveLength(turns);
    for (const { above, below, record } of answers) {
      expect([above.status, above.text]).toEqual([200, below.text]);
      const { finish, promptTokens, cachedPromptTokens, outputTokens, serverTimes } = toldByOllama(above.text);
      const counts = { promptTokens, cachedPromptTokens, outputTokens, serverTimes };
      expect(pick(record, counts)).toEqual(counts);
      expect(record.provider).toBe("ollama");
      expect(record.failure).toBeUndefined();
      expect(factsOf(record)).toEqual(kind.tells);
      if (finish !== undefined) expect(record.finishReason.raw).toBe(finish);
    }
  });

  it("a tool call ends by tool_calls, though Ollama's own API says stop", () => {
    const ends = played
      .filter(({ kind }) => kind.path === "/api/chat" && kind.variant === "tools")
      .map(({ record }) => record.finishReason);
    expect(new Set(ends.map(({ unified, raw }) => `${unified} ${raw}`))).toEqual(new Set(["tool_calls stop"]));
  });

  it.each(ollamaRefusals)("$name is $status, and counts as $type", async ({ path, body, status, type }) => {
    const { answer, records } = await askOnce(ollama.url, path, body);
    expect(answer.status).toBe(status);
    expect(records).toMatchObject([{ failure: { type } }]);
    expect(records[0]).not.toHaveProperty("promptTokens");
  });

  it("a prompt that is cut to the context counts as what was left of it, as Ollama says", async () => {
    const messages = [{ role: "user", content: "word ".repeat(9000) }];
    const body = { model: "tiny-chat", messages, stream: false, options: { num_predict: 3 } };
    const { answer, records } = await askOnce(ollama.url, "/api/chat", body);
    expect(records).toMatchObject([{ promptTokens: JSON.parse(answer.text).prompt_eval_count, outputTokens: 3 }]);
    expect(records[0]?.promptTokens).toBeLessThanOrEqual(2048);
  });

  it.each(["/api/chat", "/v1/chat/completions"])("%s, broken off: once, with what came", async (path) => {
    const body = { model: "tiny-endless", messages: [{ role: "user", content: "On and on" }], stream: true };
    const { answer, records } = await askOnce(ollama.url, path, body, { events: 5 });
    expect(answer.chunks.length).toBeGreaterThanOrEqual(5);
    expect(records).toMatchObject([{ finishReason: { unified: "aborted", raw: "cancelled" } }]);
    const { outputTokens = 0, undeliveredTokens = 0 } = records[0]!;
    expect(outputTokens).toBeGreaterThanOrEqual(5);
    expect(outputTokens - undeliveredTokens).toBe(answer.text.trimEnd().split(/\n+/).length);
  });

  it("a stream is asked for its usage where the app wants it, and the app gets no event that it did not ask for", async () => {
    const body = { model: "tiny-chat", messages, stream: true, max_tokens: 7 };
    const { answer, records } = await askOnce(ollama.url, "/v1/chat/completions", body, { includeUsage: true });
    expect(records).toMatchObject([{ outputTokens: 7, promptTokens: expect.any(Number) }]);
    expect(answer.text).toMatch(/\[DONE\]\n\n$/);
    expect(answer.text).not.toContain("usage");
  });

  it("the watcher finds an Ollama, and the models that it has loaded", async () => {
    const { aiwatch, diagnostics } = createTestAiwatch();
    const watch = watchLlamaServer({ url: ollama.url, aiwatch });
    await askOnce(ollama.url, "/api/chat", { model: "tiny-chat", messages, stream: false });
    const reading = await vi.waitUntil(async () => {
      const read = await watch.read();
      return read?.models.some(({ model }) => model.startsWith("tiny-chat")) === true && read;
    });
    watch.close();
    expect(reading).toMatchObject({ kind: "ollama", isUp: true });
    const { models } = (await (await fetch(`${ollama.url}/api/ps`)).json()) as { models: { name: string }[] };
    expect(reading.models).toHaveLength(models.length);
    expect(diagnostics).toEqual([]);
  });

  it("has no fault to report", () => {
    expect(seen.diagnostics).toEqual([]);
  });
});
