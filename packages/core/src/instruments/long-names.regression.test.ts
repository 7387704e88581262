import { expect, it, vi } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { catalogue } from "../catalogue/index.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { labelValue } from "./label-values.ts";

const digests = vi.hoisted(() => ({ made: 0 }));

vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  const createHash = (algorithm: string) => {
    digests.made += 1;
    return crypto.createHash(algorithm);
  };
  return { ...crypto, createHash };
});

const long = (name: string) => `${"x".repeat(300)}${name}`;

function setUp() {
  const test = createTestAiwatch({ slo: { latencyMs: 1e9 } });
  const infer = (model: string) => {
    const inference = test.aiwatch.startInference({ model });
    inference.token();
    inference.end({ unified: "stop" });
  };
  const countOf = (model: string) => {
    const labels = { model: labelValue(model), operation: "chat", finish_reason: "stop" };
    return test.sample(catalogue.inferences.name, labels);
  };
  return { ...test, infer, countOf };
}

it("a long model's series are found once, and its name is cut once", async () => {
  const { aiwatch, infer, countOf } = setUp();
  const model = long("once");
  infer(model);
  const bind = vi.spyOn(hostOf(aiwatch).instruments.inferences, "bind");
  const { made } = digests;
  for (let n = 1; n < 50; n += 1) infer(model);
  expect(bind).not.toHaveBeenCalled();
  expect(digests.made).toBe(made);
  expect(await countOf(model)).toBe(50);
});

it("a name that is not well-formed is found once, too", async () => {
  const { aiwatch, infer, sample } = setUp();
  infer("\ud800");
  const bind = vi.spyOn(hostOf(aiwatch).instruments.inferences, "bind");
  for (const model of ["\ud800", "\udfff", "\ufffd"]) infer(model);
  expect(bind).not.toHaveBeenCalled();
  const labels = { model: "\ufffd", operation: "chat", finish_reason: "stop" };
  expect(await sample(catalogue.inferences.name, labels)).toBe(4);
});

it("a text has one value, however many came meanwhile, and a huge one is not held", () => {
  const [first, huge] = [long("first"), "y".repeat(10_000)];
  const before = [labelValue(first), labelValue(huge)];
  const others = new Set(Array.from({ length: 1000 }, (_, n) => labelValue(long(`${n}`))));
  expect(others.size).toBe(1000);
  expect([labelValue(first), labelValue(huge)]).toEqual(before);
  const { made } = digests;
  for (let n = 0; n < 3; n += 1) labelValue(huge);
  expect(digests.made).toBe(made + 3);
});

it("long models over the cap are counted as dropped each time, and one that is really called other is not", async () => {
  const { infer, countOf, sample } = setUp();
  const { cap } = catalogue.inferences.labels.model;
  for (let n = 0; n < cap; n += 1) infer(long(`m${n}`));
  const dropped = () => sample(catalogue.seriesDropped.name, { metric: catalogue.inferences.name });
  infer("other");
  expect([await countOf("other"), await dropped()]).toEqual([1, 0]);
  for (let n = 0; n < 3; n += 1) infer(long("late"));
  expect([await countOf("other"), await dropped()]).toEqual([4, 3]);
  infer(long("m0"));
  expect([await countOf(long("m0")), await dropped()]).toEqual([2, 3]);
});
