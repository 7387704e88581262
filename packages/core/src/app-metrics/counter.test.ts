import { describe, expect, it } from "vitest";
import { createAiwatch } from "../aiwatch/aiwatch.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { expectRefusals } from "./test-support/refusals.ts";
import { snapshotOf } from "./test-support/snapshot.ts";

const help = "Files that users gave to the chat";
const dropped = "genai_app_series_dropped_total";

function setUp() {
  const test = createTestAiwatch();
  const files = test.aiwatch.metrics.counter({
    name: "app_files_total",
    help,
    labels: { kind: ["pdf", "image"], tenant: { cap: 2 } },
  });
  const filesOf = (kind: string, tenant: string) => test.sample("app_files_total", { kind, tenant });
  return { ...test, files, filesOf };
}

describe("a counter", () => {
  it("adds 1 or an amount, each to its series", async () => {
    const { files, filesOf } = setUp();
    files.add({ kind: "pdf", tenant: "a" });
    files.add({ tenant: "a", kind: "pdf" }, 2.5);
    files.add({ kind: "image", tenant: 7 });
    const bound = files.bind({ kind: "pdf", tenant: 7 });
    expect(await filesOf("pdf", "7")).toBe(0);
    bound.add();
    bound.add(4);
    expect([await filesOf("pdf", "a"), await filesOf("image", "7"), await filesOf("pdf", "7")]).toEqual([3.5, 1, 5]);
  });

  it("needs no labels where it has none", async () => {
    const { aiwatch, sample } = createTestAiwatch();
    const files = aiwatch.metrics.counter({ name: "app_files_total", help });
    expect(await sample("app_files_total")).toBe(0);
    files.add();
    files.add(2);
    files.bind().add(3);
    expect(await sample("app_files_total")).toBe(6);
  });

  it("leaves out what is unknown, negative or not finite, and is no fault by it", async () => {
    const { files, filesOf, diagnostics } = setUp();
    const labels = { kind: "pdf", tenant: "a" } as const;
    const bound = files.bind(labels);
    for (const amount of [-1, Number.NaN, Number.POSITIVE_INFINITY, undefined as unknown as number]) {
      files.add(labels, amount);
      bound.add(amount);
    }
    expect(await filesOf("pdf", "a")).toBe(0);
    expect(diagnostics).toEqual([]);
  });

  it("begins at 0 with all values of its lists, unless there are too many", async () => {
    const { aiwatch, registry, sample } = createTestAiwatch();
    const ten = Array.from({ length: 10 }, (_, n) => `v${n}`);
    const seriesOf = async (name: string) => (await snapshotOf(registry, name)).values.length;
    aiwatch.metrics.counter({ name: "app_known_total", help, labels: { a: ten, b: ten } });
    aiwatch.metrics.counter({ name: "app_many_total", help, labels: { a: ten, b: [...ten, "v10"] } });
    aiwatch.metrics.counter({ name: "app_open_total", help, labels: { a: ten, b: {} } });
    expect(await sample("app_known_total", { a: "v9", b: "v0" })).toBe(0);
    const counts = ["app_known_total", "app_many_total", "app_open_total"].map(seriesOf);
    expect(await Promise.all(counts)).toEqual([100, 0, 0]);
  });

  it("keeps each label within its cap, and counts each recording that lost a value", async () => {
    const { files, filesOf, sample } = setUp();
    expect(await sample(dropped, { metric: "app_files_total" })).toBe(0);
    for (const tenant of ["a", "b", "c", "d", "a"]) files.add({ kind: "pdf", tenant });
    files.add({ kind: "audio" as "pdf", tenant: "e" });
    files.bind({ kind: "pdf", tenant: "f" }).add(10);
    files.bind({ kind: "pdf", tenant: "g" }).add(-1);
    expect([await filesOf("pdf", "a"), await filesOf("pdf", "b"), await filesOf("pdf", "other")]).toEqual([2, 1, 12]);
    expect(await filesOf("other", "other")).toBe(1);
    expect(await sample(dropped, { metric: "app_files_total" })).toBe(4);
  });

  it("keeps 100 values of a label that says nothing of its cap", async () => {
    const { aiwatch, registry, sample } = createTestAiwatch();
    const files = aiwatch.metrics.counter({ name: "app_files_total", help, labels: { path: {} } });
    for (let n = 0; n < 10_000; n += 1) files.add({ path: `/${n}` });
    expect((await snapshotOf(registry, "app_files_total")).values).toHaveLength(101);
    expect(await sample("app_files_total", { path: "other" })).toBe(9900);
    expect(await sample(dropped, { metric: "app_files_total" })).toBe(9900);
  });

  it("goes on after its instance was closed, and is set back with the registry", async () => {
    const { aiwatch, registry, files, filesOf } = setUp();
    await aiwatch.close();
    files.add({ kind: "pdf", tenant: "a" });
    expect(await filesOf("pdf", "a")).toBe(1);
    registry.resetMetrics();
    expect(await filesOf("pdf", "a")).toBe(0);
  });
});

describe("a call that is wrong", () => {
  const throwing = {
    get kind(): string {
      throw new Error("no");
    },
    tenant: "a",
  };
  const unreadable = new Proxy({}, { ownKeys: () => ["kind"], getOwnPropertyDescriptor: () => ({}) as never });

  it.each<[string, unknown[]]>([
    ["without its labels", []],
    ["without its labels", [5]],
    ["without its labels", ["pdf"]],
    ["without its labels", [null]],
    ["without its label kind", [{}]],
    ["without its label kind", [[]]],
    ["without its label kind", [Object.create({ kind: "pdf", tenant: "a" })]],
    ["without its label tenant", [{ kind: "pdf" }]],
    ["with a label that it does not have", [{ kind: "pdf", tenant: "a", secret: "b" }]],
    ["with a label kind that is no text", [{ kind: undefined, tenant: "a" }]],
    ["with a label tenant that is no text", [{ kind: "pdf", tenant: { toString: () => "a" } }]],
    ["with labels that cannot be read", [throwing]],
    ["with labels that cannot be read", [unreadable]],
    ["with a value that is no number", [{ kind: "pdf", tenant: "a" }, "5"]],
    ["with a value that is no number", [{ kind: "pdf", tenant: "a" }, 5n]],
  ])("%s is counted and told, and records nothing", async (how, args) => {
    const { files, ...test } = setUp();
    const call = files as unknown as {
      add(...args: unknown[]): void;
      bind(...args: unknown[]): { add(n: unknown): void };
    };
    call.add(...args);
    call.bind(args[0]).add(args[1] ?? 1);
    await expectRefusals(test, "app_files_total", [how, how]);
    expect(await test.filesOf("pdf", "a")).toBe(args.length > 1 ? 0 : undefined);
  });

  it("is one process warning with the metric, the reason, and nothing of what was handed over", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    const aiwatch = createAiwatch({ registry: createTestAiwatch().registry });
    const files = aiwatch.metrics.counter({ name: "app_files_total", help, labels: { kind: {} } });
    for (let n = 0; n < 3; n += 1) files.add({ kind: "secret", secret: "secret" } as never);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listen);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^recording app_files_total with a label that it does not have failed: AIWATCH_INVALID_ARGUMENT/,
      ),
    ]);
    expect(warnings.join()).not.toContain("secret");
    await aiwatch.close();
  });
});
