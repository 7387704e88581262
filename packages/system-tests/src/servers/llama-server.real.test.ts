import { createTestAiwatch } from "@aiwatch/core/testing";
import { describeWithTool } from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { msAt } from "./test-support/clocked-answer.ts";
import { countersOf, type ServerCounters, scraping, waitForCounters } from "./test-support/counters.ts";
import { factsOf } from "./test-support/facts.ts";
import { known, sum } from "./test-support/known.ts";
import { askOnce, countersBy, type Played, pick, play } from "./test-support/play.ts";
import type { RequestKind } from "./test-support/request-kind.ts";
import { refusals, requestKinds } from "./test-support/requests.ts";
import { closeAll, startTinyServers, type TinyServers } from "./test-support/tiny-servers.ts";
import { toldBy } from "./test-support/told.ts";

const turns = 8;

/** By the servers' aliases, and not as the requests name them. */
const generatingModels = ["tiny-chat", "tiny-thinking", "tiny-tools"];

describeWithTool("llama-server", "the adapter and a real llama-server", () => {
  let servers: TinyServers;
  beforeAll(async () => {
    servers = await startTinyServers();
  });
  afterAll(async () => await closeAll(servers));

  const urlOf = ({ variant }: RequestKind) => servers[variant].url;

  describe(`${requestKinds.length * turns} requests of every kind, while another scrapes`, () => {
    const seen = createTestAiwatch();
    let played: Played[];
    let before: Record<string, ServerCounters>;
    beforeAll(async () => {
      const stops = Object.values(servers).map(({ url }) => scraping(url));
      before = await countersOfAll(servers);
      played = await play({ kinds: requestKinds, turns, urlOf, seen });
      await Promise.all(stops.map((stop) => stop()));
    });

    it.each(requestKinds)("$name: tokens, times and end are the server's own", ({ name, tells, choices = 1 }) => {
      const answers = played.filter(({ kind }) => kind.name === name);
      expect(answers).toHaveLength(turns);
      for (const { above, record } of answers) {
        expect(above.status).toBe(200);
        const { finish, toolCalls, id, firstOutputEnd, ...figures } = toldBy(above.text, choices);
        const { promptTokens, cachedPromptTokens, outputTokens, serverTimes } = record;
        expect(known({ promptTokens, cachedPromptTokens, outputTokens, serverTimes })).toEqual(figures);
        expect(known({ toolCalls: record.toolCalls, id: record.responseId })).toEqual(known({ toolCalls, id }));
        expect(record.failure).toBeUndefined();
        expect(factsOf(record)).toEqual(tells);
        if (finish !== undefined) expect(record.finishReason.raw).toBe(finish);
        expect(record.firstTokenMs === undefined).toBe(firstOutputEnd === undefined);
      }
    });

    it("gives the app every byte that the server sent", () => {
      for (const { above, below } of played) expect(above.text).toBe(below.text);
    });

    it.each(["chat", "thinking", "tools"] as const)("adds up to the counters of the %s server", async (variant) => {
      const expected = countersBy(played.filter(({ kind }) => kind.variant === variant));
      await waitForCounters(servers[variant].url, expected, before[variant]);
    });

    it.each([
      ["a short length", "length", "length"],
      ["native completion", "length", "limit"],
      ["message", "length", "max_tokens"],
      ["response", "stop", "completed"],
      ["tool call", "tool_calls", "tool_calls"],
    ])("%s ends by %s, in the server's words %s", (name, unified, raw) => {
      const ends = played.filter(({ kind }) => kind.name === name).map(({ record }) => record.finishReason);
      expect(ends).toContainEqual({ unified, raw });
    });

    it("has the first token between a bare reader's clock and the app's", () => {
      const waits = played.flatMap(({ kind, above, below, record: { firstTokenMs } }) => {
        const { firstOutputEnd } = toldBy(above.text, kind.choices ?? 1);
        if (firstOutputEnd === undefined || firstTokenMs === undefined) return [];
        return [{ bare: msAt(below, firstOutputEnd), firstTokenMs, app: msAt(above, firstOutputEnd) }];
      });
      expect(waits.length).toBeGreaterThan(80);
      for (const { bare, firstTokenMs, app } of waits) {
        expect(firstTokenMs).toBeGreaterThanOrEqual(bare - 1e-6);
        expect(firstTokenMs).toBeLessThanOrEqual(app + 1e-6);
      }
      const median = medianOf(waits.map(({ bare, firstTokenMs }) => firstTokenMs - bare));
      process.stdout.write(
        `\ntime to first token over a bare reader's: median ${median.toFixed(3)} ms of ${waits.length}\n`,
      );
      expect(median).toBeLessThan(3);
    });

    it("shows each token once in the metrics", async () => {
      const generated = played.map(({ record }) => record).filter(({ operation }) => /chat|completion/.test(operation));
      expect(new Set(generated.map(({ model }) => model))).toEqual(new Set(generatingModels));
      const directions = [
        ["input", "promptTokens"],
        ["output", "outputTokens"],
      ] as const;
      for (const model of generatingModels) {
        const own = generated.filter((record) => record.model === model);
        for (const [direction, count] of directions) {
          const shown = await seen.sample("genai_app_chat_tokens_total", { model, direction });
          expect(shown).toBe(sum(own.map((record) => record[count] ?? 0)));
        }
      }
    });

    it("has no fault to report", () => {
      expect(seen.diagnostics).toEqual([]);
    });
  });

  describe("two prompts in one request: what is told of one alone is absent", () => {
    const body = { prompt: ["Hello", "Why are you so small"], ignore_eos: true };
    it.each([
      ["in one piece", "/v1/completions", { ...body, max_tokens: 5 }, undefined],
      ["streamed", "/v1/completions", { ...body, max_tokens: 5, stream: true }, 10],
      ["streamed, natively", "/completion", { ...body, n_predict: 5, stream: true }, 10],
      ["natively in one piece", "/completion", { ...body, n_predict: 5 }, undefined],
    ])("%s", async (_how, path, request, outputTokens) => {
      const { answer, records } = await askOnce(servers.chat.url, path, request);
      expect(answer.status).toBe(200);
      expect(records).toHaveLength(1);
      const counts = {
        promptTokens: undefined,
        cachedPromptTokens: undefined,
        promptEvalTokens: undefined,
        outputTokens,
      };
      expect(pick(records[0]!, counts)).toEqual(counts);
      expect(records[0]).not.toHaveProperty("serverTimes");
      expect(records[0]).not.toHaveProperty("failure");
    });
  });

  it.each(refusals)("$name is $status, counts as $type, and costs no token", async ({ path, body, status, type }) => {
    const before = await countersOf(servers.chat.url);
    const { answer, records } = await askOnce(servers.chat.url, path, body);
    expect(answer.status).toBe(status);
    expect(records).toMatchObject([{ failure: { type } }]);
    const none = { promptTokens: undefined, outputTokens: undefined };
    expect(pick(records[0]!, none)).toEqual(none);
    expect(await countersOf(servers.chat.url)).toEqual(before);
  });
});

async function countersOfAll(servers: TinyServers): Promise<Record<string, ServerCounters>> {
  const counted = Object.entries(servers).map(async ([name, { url }]) => [name, await countersOf(url)] as const);
  return Object.fromEntries(await Promise.all(counted));
}

const medianOf = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
