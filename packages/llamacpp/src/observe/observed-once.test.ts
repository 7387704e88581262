import { createTestAiwatch } from "@aiwatch/core/testing";
import { afterAll, describe, expect, test } from "vitest";
import type { Instrumentable } from "../engine/types.ts";
import { type InstrumentOptions, instrumentModel, uninstrument } from "../instrument-model.ts";
import { tinyContext, tinyModel } from "../test-support/engine.ts";
import { changedSince, evaluations, patchable, sequenceUsers, snapshot } from "../test-support/engine-objects.ts";

const context = await tinyContext({ sequences: 1 });
const sequence = context.getSequence();
const model = await tinyModel();
const targets = await patchable(model, context, sequence);

afterAll(() => context.dispose());

/** All the ways to take some of `items`, in their order and in the opposite one. */
function selections<Item>(items: readonly Item[]): Item[][] {
  const subsets = Array.from({ length: 2 ** items.length }, (_, bits) =>
    items.filter((_item, index) => (bits & (1 << index)) !== 0),
  );
  return subsets.flatMap((subset) => (subset.length > 1 ? [subset, subset.toReversed()] : [subset]));
}

const instrument = (target: object, options: InstrumentOptions) => instrumentModel(target as Instrumentable, options);

describe.each(sequenceUsers)("$name: whichever objects are instrumented together, in either order", (user) => {
  test.each(Object.entries(user.calls))("%s is one inference where it is observed", async (_, call) => {
    const caller = user.make(sequence);
    const named = { model, context, sequence, caller };
    const names = Object.keys(named) as (keyof typeof named)[];
    const before = snapshot({ ...targets, caller });
    for (const selection of selections(names)) {
      await sequence.clearHistory();
      const { aiwatch, inferences, diagnostics } = createTestAiwatch();
      for (const name of selection) instrument(named[name], { aiwatch });
      await call(caller as never);
      // what was made before its model or context was instrumented stays unobserved
      const isObserved = selection.includes("sequence") || selection.includes("caller");
      expect(inferences.length, selection.join(", ")).toBe(isObserved ? 1 : 0);
      for (const name of selection) uninstrument(named[name]);
      await call(caller as never);
      expect(inferences.length, `${selection.join(", ")}, uninstrumented`).toBe(isObserved ? 1 : 0);
      expect(diagnostics).toEqual([]);
      expect(changedSince(before).filter((name) => /prototype|prompt|generate|evaluate/i.test(name))).toEqual([]);
    }
  });
});

test.each(Object.entries(evaluations))("a bare %s is one inference where its sequence is observed", async (_, call) => {
  const named = { model, context, sequence };
  const names = Object.keys(named) as (keyof typeof named)[];
  for (const selection of selections(names)) {
    await sequence.clearHistory();
    const { aiwatch, inferences } = createTestAiwatch();
    for (const name of selection) instrument(named[name], { aiwatch });
    await call(sequence);
    expect(inferences.length, selection.join(", ")).toBe(selection.includes("sequence") ? 1 : 0);
    for (const name of selection) uninstrument(named[name]);
  }
});
