import { createContextKey, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { expect, it } from "vitest";
import { lightRoot } from "./context.ts";

const [a, b] = [createContextKey("a"), createContextKey("b")];

it.each([
  ["ours", lightRoot],
  ["OpenTelemetry's", ROOT_CONTEXT],
])("is a context like any other: %s", (_, root) => {
  const one = root.setValue(a, 1);
  const two = one.setValue(b, 2).setValue(a, 3);
  expect([root.getValue(a), one.getValue(a), two.getValue(a), two.getValue(b)]).toEqual([undefined, 1, 3, 2]);
  const without = two.deleteValue(a);
  expect([without.getValue(a), without.getValue(b), two.getValue(a)]).toEqual([undefined, 2, 3]);
});

it("holds what OpenTelemetry's API puts there", () => {
  const span = trace.wrapSpanContext({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 1,
  });
  const baggage = propagation.createBaggage({ tenant: { value: "ada" } });
  const context = propagation.setBaggage(trace.setSpan(lightRoot, span), baggage);
  expect(trace.getSpan(context)).toBe(span);
  expect(propagation.getBaggage(context)?.getEntry("tenant")).toEqual({ value: "ada" });
  expect(trace.getSpan(trace.deleteSpan(context))).toBeUndefined();
});

it("does not grow with what is set again and again", () => {
  let context = lightRoot.setValue(b, "first");
  for (let n = 0; n < 100_000; n += 1) context = context.setValue(a, n);
  expect([context.getValue(a), context.getValue(b)]).toEqual([99_999, "first"]);
});
