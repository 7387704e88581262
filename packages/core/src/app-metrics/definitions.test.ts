import { Counter, Gauge, Registry } from "prom-client";
import { describe, expect, it, vi } from "vitest";
import { createAiwatch } from "../aiwatch/aiwatch.ts";
import { secondsBounds } from "../catalogue/bounds.ts";
import { createTestAiwatch } from "../testing/index.ts";

type Type = "counter" | "gauge" | "histogram";
const help = "Files that users gave to the chat";
const define = (type: Type, options: object) => () => createTestAiwatch().aiwatch.metrics[type](options as never);

describe("a definition that cannot be used is refused where it is written, with the value and the remedy", () => {
  it.each<[Type, object, string]>([
    ["counter", {}, "the name of a counter is undefined, expected letters, digits and _"],
    [
      "counter",
      { name: "2_total" },
      'the name of a counter is "2_total", expected letters, digits and _, not beginning with a digit',
    ],
    ["gauge", { name: "files:now" }, '"files:now"'],
    ["gauge", { name: "files now\n" }, String.raw`"files now\n"`],
    ["counter", { name: "genai_app_files_total" }, "genai_app_ is reserved for AIWatch; begin with your app's name"],
    ["counter", { name: "files" }, 'the name of a counter is "files": call it files_total'],
    ["gauge", { name: "files_total" }, "_total is what Prometheus appends by itself; leave it out"],
    ["histogram", { name: "file_seconds_bucket" }, "_bucket is what"],
    ["counter", { name: "files_count_total" }, "_count is what"],
    ["gauge", { name: "files", help: " " }, 'help of files is " ", expected what it counts or measures'],
    ["gauge", { name: "files" }, "help of files is undefined"],
    [
      "gauge",
      { name: "files", help, labelNames: ["kind"] },
      'an option of the gauge files is "labelNames", expected one of name',
    ],
    ["gauge", { name: "files", help, labels: ["kind"] }, "labels of files is a list, expected an object such as"],
    ["gauge", { name: "files", help, labels: { "a-b": {} } }, 'a label of files is "a-b", expected letters'],
    ["gauge", { name: "files", help, labels: { __name__: {} } }, '"__name__"'],
    ["histogram", { name: "files", help, labels: { le: {} } }, 'a label of files is "le"'],
    ["gauge", { name: "files", help, labels: { kind: 5 } }, "the label kind of files is 5, expected a list of values"],
    ["gauge", { name: "files", help, labels: { kind: [] } }, "expected at least one value"],
    [
      "gauge",
      { name: "files", help, labels: { kind: [""] } },
      'a value of the label kind of files is "", expected some',
    ],
    [
      "gauge",
      { name: "files", help, labels: { kind: { cap: 0 } } },
      "cap of the label kind of files is 0, expected a whole",
    ],
    ["gauge", { name: "files", help, labels: { kind: { cap: 1.5 } } }, "is 1.5"],
    [
      "gauge",
      { name: "files", help, aggregation: "mean" },
      'aggregation of files is "mean", expected one of sum, max, min',
    ],
    ["gauge", { name: "files", help, read: 5 }, "read of files is 5, expected a function"],
    ["histogram", { name: "files", help, bounds: [] }, "bounds of files"],
    [
      "histogram",
      { name: "files", help, bounds: [1, 1] },
      'bounds of files is "1, 1", expected finite numbers of 0 or more',
    ],
    ["histogram", { name: "files", help, bounds: [2, 1] }, '"2, 1"'],
    ["histogram", { name: "files", help, bounds: [-1, 1] }, '"-1, 1"'],
    ["histogram", { name: "files", help, bounds: [1, Number.POSITIVE_INFINITY] }, '"1, Infinity"'],
    ["histogram", { name: "files", help, bounds: [1, Number.NaN] }, '"1, NaN"'],
    ["histogram", { name: "files", help, bounds: 5 }, "bounds of files is 5"],
  ])("%s %j", (type, options, message) => {
    expect(define(type, options)).toThrow(
      expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message: expect.stringContaining(message) }),
    );
  });

  it("in a disabled instance too: it is wrong wherever it runs", () => {
    const { aiwatch } = createTestAiwatch({ disabled: true });
    expect(() => aiwatch.metrics.counter({ name: "files", help })).toThrow("files_total");
  });
});

describe("asking for a metric again", () => {
  const files = { name: "app_files_total", help, labels: { kind: ["pdf", "image"], tenant: { cap: 5 } } } as const;

  it("gives the same one for the same definition, in whatever order it is written", () => {
    const { metrics } = createTestAiwatch().aiwatch;
    const again = { labels: { tenant: { cap: 5 }, kind: ["image", "pdf"] }, help, name: files.name } as const;
    expect(metrics.counter(again)).toBe(metrics.counter(files));
    const seconds = metrics.histogram({ name: "app_seconds", help });
    expect(metrics.histogram({ name: "app_seconds", help, bounds: secondsBounds })).toBe(seconds);
    const read = () => 5;
    expect(metrics.gauge({ name: "app_read", help, read })).toBe(metrics.gauge({ name: "app_read", help, read }));
  });

  it("gives two instances on one registry the same one, and an instance on another registry its own", async () => {
    const { aiwatch, registry, sample } = createTestAiwatch();
    const second = createAiwatch({ registry });
    second.metrics.counter({ name: "app_files_total", help }).add();
    aiwatch.metrics.counter({ name: "app_files_total", help }).add();
    expect(await sample("app_files_total")).toBe(2);
    const other = createTestAiwatch();
    other.aiwatch.metrics.counter({ name: "app_files_total", help: "of another registry" });
    expect(await other.sample("app_files_total")).toBe(0);
    await second.close();
  });

  it("gives another copy of AIWatch, as ESM beside CommonJS is, the same one", async () => {
    const { aiwatch, registry } = createTestAiwatch();
    const first = aiwatch.metrics.counter(files);
    vi.resetModules();
    const copy = await import("../aiwatch/aiwatch.ts");
    expect(copy.createAiwatch).not.toBe(createAiwatch);
    const second = copy.createAiwatch({ registry });
    expect(second.metrics.counter(files)).toBe(first);
    await second.close();
  });

  it.each<[string, Type, object]>([
    ["type", "gauge", { name: "app_files", help }],
    ["help", "histogram", { name: "app_files", help: "other words" }],
    ["bounds", "histogram", { name: "app_files", help, bounds: [1, 2] }],
    ["labels", "histogram", { name: "app_files", help, labels: { kind: {} } }],
  ])("throws where the %s differs, naming both", (_what, type, options) => {
    const { aiwatch } = createTestAiwatch();
    aiwatch.metrics.histogram({ name: "app_files", help });
    expect(() => aiwatch.metrics[type](options as never)).toThrow(
      expect.objectContaining({
        code: "AIWATCH_METRIC_CONFLICT",
        message: expect.stringMatching(
          new RegExp(`^app_files is defined as \\{"type":"${type}".+, and it is \\{"type":"histogram".+"${help}"`),
        ),
      }),
    );
  });

  it.each([
    [{ labels: { kind: { cap: 4 } } }],
    [{ labels: { kind: ["a"] } }],
    [{ aggregation: "max" }],
    [{ read: () => [] }],
  ])("throws where a gauge differs by %j", (difference) => {
    const { metrics } = createTestAiwatch().aiwatch;
    const defined = { name: "app_files", help, labels: { kind: { cap: 5 } }, aggregation: "sum" } as const;
    metrics.gauge(defined);
    const conflict = expect.objectContaining({ code: "AIWATCH_METRIC_CONFLICT" });
    expect(() => metrics.gauge({ ...defined, ...difference } as never)).toThrow(conflict);
  });

  it("comes back to a registry that the app cleared, where it begins at 0, and may be defined anew there", async () => {
    const { aiwatch, registry, sample } = createTestAiwatch();
    const counter = aiwatch.metrics.counter({ name: "app_files_total", help });
    counter.add(3);
    registry.clear();
    expect(aiwatch.metrics.counter({ name: "app_files_total", help })).toBe(counter);
    expect(await sample("app_files_total")).toBe(0);
    counter.add(2);
    expect(await sample("app_files_total")).toBe(2);
    registry.clear();
    aiwatch.metrics.counter({ name: "app_files_total", help: "anew" }).add();
    expect(await sample("app_files_total")).toBe(1);
  });

  it("is not misled by what the app does to its definition afterwards", async () => {
    const { aiwatch, sample } = createTestAiwatch();
    const bounds = [1, 2];
    const values: string[] = ["pdf"];
    const histogram = aiwatch.metrics.histogram({ name: "app_files", help, bounds, labels: { kind: values } });
    bounds.push(0);
    values.push("image");
    histogram.observe({ kind: "pdf" }, 1.5);
    expect(await sample("app_files_bucket", { kind: "pdf", le: 2 })).toBe(1);
    expect(await sample("app_files_bucket", { kind: "pdf", le: 0 })).toBe(undefined);
  });
});

describe("a metric of the app's own beside it", () => {
  it.each([
    ["of the same name", "app_files_total", "counter", "app_files_total"],
    ["whose OpenMetrics family it would be", "app_files", "counter", "app_files_total"],
    ["that is the counter of its family", "app_files_total", "gauge", "app_files"],
  ] as const)("%s is a conflict that names both", (_what, theirs, type, ours) => {
    const { aiwatch, registry } = createTestAiwatch();
    const Theirs = theirs === "app_files" ? Gauge : Counter;
    new Theirs({ name: theirs, help: "the app's own words", registers: [registry] });
    expect(() => aiwatch.metrics[type]({ name: ours, help })).toThrow(
      expect.objectContaining({
        code: "AIWATCH_METRIC_CONFLICT",
        message: `the registry holds ${theirs} (${Theirs.name} "the app's own words"), and the ${type} ${ours} "${help}" cannot be added beside it; choose another name`,
      }),
    );
    expect(registry.getSingleMetric(theirs)).toBeInstanceOf(Theirs);
  });

  it("is a conflict where it took the name after the registry was cleared", () => {
    const { aiwatch, registry } = createTestAiwatch();
    aiwatch.metrics.counter({ name: "app_files_total", help });
    registry.clear();
    new Counter({ name: "app_files_total", help, registers: [registry] });
    const message = expect.stringContaining(`the registry holds app_files_total (Counter "${help}")`);
    const conflict = expect.objectContaining({ code: "AIWATCH_METRIC_CONFLICT", message });
    expect(() => aiwatch.metrics.counter({ name: "app_files_total", help })).toThrow(conflict);
  });

  it("is refused by prom-client where it comes later", () => {
    const { aiwatch, registry } = createTestAiwatch();
    aiwatch.metrics.counter({ name: "app_files_total", help });
    expect(() => new Counter({ name: "app_files_total", help, registers: [registry] })).toThrow(
      "already been registered",
    );
  });
});

describe("a disabled instance", () => {
  it("registers nothing, records nothing, says nothing, and still runs what is timed", async () => {
    const registry = new Registry();
    const told: unknown[] = [];
    const aiwatch = createAiwatch({ registry, disabled: true, onDiagnostic: (diagnostic) => told.push(diagnostic) });
    const counter = aiwatch.metrics.counter({ name: "app_files_total", help, labels: { kind: {} } });
    counter.add({ kind: "pdf" });
    counter.add({} as never);
    counter.bind({ kind: "pdf" }).add(2);
    aiwatch.metrics.gauge({ name: "app_waiting", help }).set(5);
    const read = aiwatch.metrics.gauge({ name: "app_read", help, read: () => told.push("read") });
    (read as unknown as { set(value: number): void }).set(5);
    const histogram = aiwatch.metrics.histogram({ name: "app_seconds", help });
    expect([histogram.time(() => 5), histogram.bind().time(() => 6)]).toEqual([5, 6]);
    const values = async (name: string) =>
      ((await aiwatch.registry.getSingleMetric(name)) as { get(): Promise<{ values: unknown[] }> }).get();
    expect((await values("app_waiting")).values).toEqual([]);
    expect([told, registry.getMetricsAsArray()]).toEqual([[], []]);
    await aiwatch.close();
  });
});
