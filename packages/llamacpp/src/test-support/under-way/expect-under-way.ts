import { expect } from "vitest";
import { runModule } from "../run-module.ts";
import type { Ledger, Played, Reading } from "./chats-app.ts";

const model = 'model="tiny-thinking"';

/** The counters of tokens, with the name of their debt and of their sum in the records. */
const counters = [
  [`genai_app_chat_tokens_total{direction="input",${model}}`, "input", "promptTokens"],
  [`genai_app_chat_tokens_total{direction="output",${model}}`, "output", "outputTokens"],
  [`genai_app_cached_prompt_tokens_total{${model}}`, "cached", "cachedPromptTokens"],
  [`genai_app_reasoning_tokens_total{${model}}`, "reasoning", "reasoningTokens"],
  [`genai_app_llamacpp_prompt_eval_tokens_total{${model}}`, undefined, "promptEvalTokens"],
  [`genai_app_inter_token_latency_seconds_count{${model}}`, undefined, "gaps"],
  [`genai_app_first_token_latency_seconds_count{${model}}`, undefined, "firstTokens"],
  [`genai_app_first_token_waits_total{${model},outcome="got"}`, undefined, "firstTokens"],
] as const;

/**
 * Breaks off so many chats, in one process or spread over several, and reads `/metrics` ten times a second meanwhile.
 * @param workers 0 for one process
 */
export async function expectUnderWay(seed: number, count: number, workers: number): Promise<void> {
  const { stdout } = await runModule("under-way/chats-app", String(seed), String(count), String(workers));
  const { readings, fell, last, ledger }: Played = JSON.parse(stdout);
  expect(fell).toEqual([]);
  expect(ledger.ended).toBe(count);
  expect(ledger.aborted).toBeGreaterThan(count / 2);
  expectAsTheyPass(readings);
  expectBalance(last, ledger);
}

/** What was delivered to the callers by then is in each reading, long before the inferences end. */
function expectAsTheyPass(readings: readonly Reading[]): void {
  const meanwhile = readings.slice(0, -1).filter(({ delivered }) => delivered > 0);
  for (const { delivered, shown, recorded } of meanwhile) {
    expect(shown).toBeGreaterThanOrEqual(delivered);
    expect(shown).toBeGreaterThanOrEqual(recorded);
  }
  const ahead = meanwhile.filter(({ shown, recorded }) => shown > recorded);
  expect(meanwhile.length).toBeGreaterThan(0);
  expect(ahead.length).toBeGreaterThan(meanwhile.length / 2);
}

function expectBalance(samples: Played["last"], ledger: Ledger): void {
  for (const [series, kind, field] of counters) {
    const debt = samples[`genai_app_token_debt{${model},kind="${kind}"}`] ?? 0;
    expect([series, samples[series]]).toEqual([series, ledger[field] + debt]);
  }
  const waits = Object.entries(samples).filter(([series]) => series.startsWith("genai_app_first_token_waits_total"));
  expect(waits.reduce((sum, [, value]) => sum + value, 0)).toBe(ledger.ended);
}
