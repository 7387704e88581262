import fc from "fast-check";
import { type AdmissionOutcome, admissionOutcomes, type Operation, operations } from "../../catalogue/values.ts";
import { brokenOff, complete, leftByClient, type RequestEnding } from "../../request/ending.ts";

/** What happens in an app, to things that are chosen by their numbers: any of it in any order, and again. A `request` that is none is outside of any. */
export type AppStep =
  | { readonly does: "arrive" }
  | { readonly does: "close"; readonly request: number; readonly ending: RequestEnding }
  | { readonly does: "enter"; readonly request: number; readonly outlives: boolean }
  | { readonly does: "leave"; readonly entry: number; readonly outcome: AdmissionOutcome }
  | { readonly does: "issue"; readonly request: number; readonly operation: Operation; readonly forReader: boolean }
  | { readonly does: Told; readonly inference: number }
  | { readonly does: Finish; readonly inference: number }
  | { readonly does: "toolBegins"; readonly inference: number }
  | { readonly does: "toolEnds"; readonly tool: number }
  | { readonly does: "wait"; readonly ms: number }
  | { readonly does: "look" };

export type Told = (typeof told)[number];
export type Finish = (typeof finishes)[number];

const told = ["evaluationBegun", "firstToken", "token"] as const;
export const finishes = ["end", "abort", "fail"] as const;
const endings = [
  complete(200, true),
  complete(404, true),
  complete(503, true),
  leftByClient(false),
  brokenOff(200, false),
];
const some = fc.nat(5);
const generatingMostly = fc.oneof(
  { weight: 3, arbitrary: fc.constant("chat" as const) },
  fc.constantFrom(...operations),
);

const step: fc.Arbitrary<AppStep> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant("arrive") }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("close"), request: some, ending: fc.constantFrom(...endings) }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("enter"), request: some, outlives: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("leave"), entry: some, outcome: fc.constantFrom(...admissionOutcomes) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("issue"),
      request: some,
      operation: generatingMostly,
      forReader: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constantFrom(...told), inference: some }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom(...finishes), inference: some }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("toolBegins"), inference: some }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("toolEnds"), tool: some }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("wait"), ms: fc.oneof(fc.nat(1000), fc.nat(400_000)) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("look") }) },
);

/** Also of a clock that goes back, and that fails. */
const strangeStep: fc.Arbitrary<AppStep> = fc.oneof(
  { weight: 9, arbitrary: step },
  fc.record({ does: fc.constant("wait"), ms: fc.constantFrom(-1e6, -1, Number.NaN, 1e15) }),
);

// without a size they would be of ten steps at most
export const appPlays = fc.array(step, { maxLength: 60, size: "max" });
export const strangeAppPlays = fc.array(strangeStep, { maxLength: 60, size: "max" });
