import { expect, it } from "vitest";
import type { CounterHandle, GaugeHandle } from "../index.ts";
import { createTestAiwatch } from "../testing/index.ts";

const help = "what TypeScript allows and what it does not";

/** Wrong calls are faults that are reported; here it is the compiler that has to object. */
it("labels are those that were declared, with the values of their lists", () => {
  const { metrics } = createTestAiwatch().aiwatch;
  const files = metrics.counter({ name: "app_files_total", help, labels: { kind: ["pdf", "image"], tenant: {} } });
  files.add({ kind: "pdf", tenant: "a" });
  files.add({ kind: "image", tenant: 5 }, 2);
  files.bind({ kind: "image", tenant: "a" }).add(2);
  const handed: CounterHandle<{ readonly kind: "pdf" | "image"; readonly tenant: string | number }> = files;
  expect(handed).toBe(files);
  // @ts-expect-error one label is missing
  files.add({ kind: "pdf" });
  // @ts-expect-error all labels are missing
  files.add();
  // @ts-expect-error there is no such label
  files.add({ kind: "pdf", tenant: "a", user: "b" });
  // @ts-expect-error the list has no such value
  files.add({ kind: "audio", tenant: "a" });
  // @ts-expect-error a label is text or a number
  files.bind({ kind: "pdf", tenant: undefined });
  // @ts-expect-error an amount is a number
  files.add({ kind: "pdf", tenant: "a" }, "5");
  // @ts-expect-error what may be unknown must be looked at: it would not be 1
  files.add({ kind: "pdf", tenant: "a" }, undefined);
});

it("without labels there are none to give", () => {
  const { metrics } = createTestAiwatch().aiwatch;
  const files = metrics.counter({ name: "app_files_total", help });
  files.add();
  files.add(2);
  // @ts-expect-error it has no labels
  files.add({ kind: "pdf" });
  // @ts-expect-error nor has its series
  files.bind({});
  const seconds = metrics.histogram({ name: "app_seconds", help });
  const found: string = seconds.time(() => "found");
  const later: Promise<string> = seconds.time(async () => found);
  expect([found, later]).toEqual(["found", expect.any(Promise)]);
  // @ts-expect-error a value is missing
  seconds.observe();
});

it("a gauge is set or read, and its readings have its labels", () => {
  const { metrics } = createTestAiwatch().aiwatch;
  const waiting: GaugeHandle = metrics.gauge({ name: "app_waiting", help, aggregation: "min" });
  waiting.set(5);
  // @ts-expect-error a value is missing
  waiting.set();
  const read = metrics.gauge({ name: "app_read", help, read: () => 5 });
  // @ts-expect-error what is read cannot be set
  read.set(5);
  const labels = { queue: ["a", "b"] } as const;
  metrics.gauge({ name: "app_queues", help, labels, read: () => [{ labels: { queue: "a" }, value: 5 }] });
  // @ts-expect-error there is no queue c
  metrics.gauge({ name: "app_lines", help, labels, read: () => [{ labels: { queue: "c" }, value: 5 }] });
  // @ts-expect-error a promise is no reading
  metrics.gauge({ name: "app_later", help, read: async () => 5 });
  // @ts-expect-error a label is declared with its values or its cap
  expect(() => metrics.gauge({ name: "app_names", help, labels: ["queue"] })).toThrow("labels of app_names");
});
