import { syntheticPrompts } from "../engines/synthetic-prompts.ts";
import { type Took, timed } from "../measure/cpu-time.ts";
import type { Condition } from "../observing/conditions.ts";

export interface PromptsBlock {
  readonly inferences: number;
  readonly tokens: number;
}

/** Blocks of inferences on the synthetic engine. */
export async function promptsTask(condition: Condition) {
  const prompts = syntheticPrompts(condition);
  return async ({ inferences, tokens }: PromptsBlock): Promise<Took> => {
    const took = await timed(() => prompts.run(inferences, tokens));
    await prompts.check();
    return took;
  };
}
