import { expect, it } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { ExitReport } from "./exit-report.ts";

function watched() {
  const clock = fakeClock();
  const { aiwatch: counted } = createTestAiwatch();
  const report = new ExitReport(hostOf(counted).instruments, (model) => hostOf(counted).models.nameOf(model));
  const { aiwatch } = createTestAiwatch({ clock, observers: [report] });
  return { clock, aiwatch, counted, report };
}

/** One whose tokens come `everyMs` after one another, the first one included. */
function answer(aiwatch: Aiwatch, clock: ReturnType<typeof fakeClock>, tokens: number, everyMs: number) {
  const inference = aiwatch.startInference({ model: "tiny" });
  for (let token = 0; token < tokens; token += 1) {
    clock.advance(everyMs);
    inference.token();
  }
  return inference;
}

function told(begin: (watching: ReturnType<typeof watched>) => void): string | undefined {
  const watching = watched();
  begin(watching);
  return watching.report.figures.text();
}

it("tells what each model was asked, its tokens and its times", () => {
  const text = told(({ aiwatch, clock }) => {
    answer(aiwatch, clock, 11, 20).end({ unified: "length" }, { promptTokens: 100, cachedPromptTokens: 80 });
    answer(aiwatch, clock, 11, 40).end({ unified: "stop" }, { promptTokens: 20 });
    answer(aiwatch, clock, 2, 1_500).abort();
    aiwatch.startInference({ model: "words", operation: "embeddings" }).end({ unified: "stop" }, { promptTokens: 7 });
  });
  expect(text).toBe(`AIWatch, at exit
  tiny
    inferences              3 (1 length, 1 stop, 1 aborted)
    tokens                  120 in (80 of them cached), 24 out
    time to first token     p50 40 ms, longest 1500 ms
    time per output token   p50 20 ms, longest 40 ms
    decode                  10.0 tokens/s
  words
    inferences              1 (1 stop)
    tokens                  7 in
`);
});

it("leaves out what is not known, and never says 0 for it", () => {
  expect(told(({ aiwatch }) => aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" }))).toBe(
    "AIWatch, at exit\n  tiny\n    inferences              1 (1 stop)\n",
  );
});

it("is nothing where nothing was seen", () => {
  expect(told(() => undefined)).toBeUndefined();
});

it("names errors, lost spans and our own faults, those of this instance alone", () => {
  const { aiwatch, counted, report } = watched();
  hostOf(counted).instruments.spansDropped.add({}, 12);
  hostOf(counted).diagnostics.fault("tracer", "a test", new Error("x"));
  const later = new ExitReport(hostOf(counted).instruments, (model) => model);
  const failing = aiwatch.startInference({ model: "tiny" });
  failing.startTool({ name: "search" }).fail(new RangeError("canary"));
  failing.fail(new TypeError("canary"));
  expect(report.figures.text()).toBe(`AIWatch, at exit
  tiny
    inferences              1 (1 error)
  errors                    1 RangeError, 1 TypeError
  spans lost                12
  faults of AIWatch's own   1
`);
  expect(later.figures.text()).toBeUndefined();
});

it("gives a 95th percentile from twenty answers on, and the mean where they are too many to keep", () => {
  const answers = (count: number) =>
    told(({ aiwatch, clock }) => {
      for (let i = 1; i <= count; i += 1) answer(aiwatch, clock, 1, i).end({ unified: "stop" });
    });
  expect(answers(19)).toContain("p50 10 ms, longest 19 ms");
  expect(answers(20)).toContain("p50 10 ms, p95 19 ms, longest 20 ms");
  expect(answers(10_001)).toContain("mean 5001 ms, longest 10001 ms");
});

it("cannot be written to by what a client named, nor grow with it", () => {
  const text = told(({ aiwatch }) => {
    for (let i = 0; i < 2_000; i += 1) aiwatch.startInference({ model: `m${i}\u001b[2J\n` }).fail(new Error(), `e${i}`);
  });
  expect(text).not.toMatch(/[^\n -~\u00a0-\uffff]/);
  expect(text?.split("\n").length).toBeLessThan(500);
  expect(text).toContain("1 e0,");
  expect(text).toMatch(/\d+ other\n/);
});
