import { expect, test } from "vitest";
import { finishReasonOf } from "./result.ts";

test.each([
  ["eogToken", "stop"],
  ["stopGenerationTrigger", "stop"],
  ["customStopTrigger", "stop"],
  ["maxTokens", "length"],
  ["functionCalls", "tool_calls"],
  ["abort", "aborted"],
  ["a reason of a later release", "stop"],
  ["constructor", "stop"],
  ["__proto__", "stop"],
])("%s is %s", (raw, unified) => {
  expect(finishReasonOf(raw)).toEqual({ unified, raw });
});

test("without a reason there is no raw one", () => {
  expect(finishReasonOf(undefined)).toEqual({ unified: "stop" });
});
