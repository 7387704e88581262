import fc from "fast-check";
import { finishReasons, operations } from "../../catalogue/values.ts";

/** One call of a handle's method, or of its last tool's, or time that goes by. */
export type Event = readonly [name: string, ...args: unknown[]];

const throwing = new Proxy(
  {},
  {
    get() {
      throw new Error("nothing of it can be read");
    },
  },
);
const never = [undefined, null, {}, [], throwing, Object.create(null), Symbol("x"), () => 5, 7n];

/** Counts as engines tell them, and what else plain JavaScript hands over. */
const count = fc.oneof(
  { weight: 4, arbitrary: fc.nat(1000) },
  fc.constantFrom<unknown>(...never, -1, 0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e308, 2 ** 53, "7"),
);
const text = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom<unknown>(...never, 5, "constructor", "__proto__"));
const reason = fc.oneof(
  fc.record({ unified: fc.oneof(fc.constantFrom(...finishReasons), text), raw: text }, { requiredKeys: [] }),
  text,
);
const counts = { promptTokens: count, cachedPromptTokens: count, outputTokens: count, reasoningTokens: count };
const usage = fc.oneof(text, fc.record(counts, { requiredKeys: [] }));
const speculation = fc.oneof(text, fc.record({ used: count, unused: count, refuted: count }));
const tool = fc.oneof(text, fc.record({ name: text, callId: text, description: text }));

const call = <Args extends unknown[]>(
  weight: number,
  name: string,
  ...args: { [Key in keyof Args]: fc.Arbitrary<Args[Key]> }
) => ({
  weight,
  arbitrary: fc.tuple(fc.constant(name), ...args) as unknown as fc.Arbitrary<Event>,
});

const event = fc.oneof(
  call(8, "token", count),
  call(4, "tokenAsked"),
  call(4, "advance", fc.nat(500)),
  call(2, "evaluationBegun"),
  call(2, "firstToken"),
  call(2, "promptTokens", count, count),
  call(2, "prefilled", count),
  call(1, "reasoningTokens", count),
  call(1, "undeliveredTokens", count),
  call(1, "dimensions", count),
  call(1, "contextShift"),
  call(1, "speculativeTokens", speculation),
  call(2, "startTool", tool),
  call(1, "tool.end"),
  call(1, "tool.abort"),
  call(1, "tool.fail", text, text),
  call(1, "input", text, text),
  call(1, "output", text),
  call(1, "run"),
  call(1, "end", reason, usage),
  call(1, "abort", text),
  call(1, "fail", text, text),
);

const starts = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ model: fc.constantFrom("tiny", "other model"), operation: fc.constantFrom(...operations) }),
  },
  text,
  fc.record({ model: text, operation: text, provider: text, kind: text, parameters: text, outlivesRequest: text }),
);

/** Some inferences, and what is told of them in between each other: the index says of which. */
export const interleavings = fc.integer({ min: 1, max: 4 }).chain((handles) =>
  fc.record({
    starts: fc.array(starts, { minLength: handles, maxLength: handles }),
    // without a size there would be ten events at most
    events: fc.array(fc.tuple(fc.nat(handles - 1), event), { maxLength: 60, size: "max" }),
  }),
);

export interface Interleaving {
  readonly starts: readonly unknown[];
  readonly events: readonly (readonly [index: number, event: Event])[];
}
