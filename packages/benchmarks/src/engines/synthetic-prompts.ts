import { instrumentModel } from "@aiwatch/llamacpp";
import { type Condition, watch } from "../observing/conditions.ts";
import { SyntheticSession } from "./synthetic-engine.ts";

export interface SyntheticPrompts {
  /** Runs `count` inferences of `tokens` each, one after the other. */
  run(count: number, tokens: number): Promise<void>;
  /** @throws when not every one of them was recorded, or a fault was reported */
  check(): Promise<void>;
}

/** A session on the synthetic engine, under a condition. */
export function syntheticPrompts(condition: Condition): SyntheticPrompts {
  const watching = watch(condition);
  const session = new SyntheticSession();
  if (watching !== undefined) instrumentModel(session, { aiwatch: watching.aiwatch });
  let total = 0;
  return {
    async run(count, tokens) {
      total += count;
      for (let inference = 0; inference < count; inference += 1) {
        await session.promptWithMeta("Tell me about the local model", { maxTokens: tokens });
      }
    },
    check: async () => watching?.check(total),
  };
}
