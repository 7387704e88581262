import type { ToolRecord } from "@aiwatch/core";
import { createTestAiwatch } from "@aiwatch/core/testing";
import type { Ending, Played } from "./ending.ts";
import { Stage, type Way } from "./stage.ts";

/** Plays a row once, in one way. */
export async function play({ variant = "chat", play: run }: Ending, way: Way): Promise<Played> {
  const tools: ToolRecord[] = [];
  const seen = createTestAiwatch({ observers: [{ name: "tools", toolEnded: (record) => tools.push(record) }] });
  const stage = new Stage(way, seen.aiwatch, variant);
  const result = await settle(run(stage));
  const { delivered, sequences, ledgers, thoughtTokens, predictions } = stage;
  const contextTokens = sequences.map((sequence) => sequence.contextTokens);
  const left = await stage.strike();
  const outcome = { ...result, delivered, contextTokens, thoughtTokens };
  return { outcome, ledgers, predictions, records: seen.inferences, tools, seen, left };
}

async function settle(running: Promise<unknown>): Promise<{ value: unknown } | { error: unknown }> {
  try {
    return { value: stable(await running) };
  } catch (error) {
    return { error };
  }
}

/** A result as data, without the times that the engine puts into it. */
function stable(value: unknown): unknown {
  const isTime = (name: string) => name === "startTime" || name === "endTime";
  const json = JSON.stringify(value, (name, part: unknown) => (isTime(name) ? undefined : part));
  return json === undefined ? undefined : JSON.parse(json);
}
