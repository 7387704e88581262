import fc from "fast-check";
import { Counter, Registry } from "prom-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type AiwatchError, isAiwatchError } from "../base/errors.ts";
import { builtInNames } from "../health/options.ts";
import { createAiwatch } from "./aiwatch.ts";
import type { Observer } from "./observer.ts";
import type { AiwatchOptions } from "./options.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

const faults = ["AIWATCH_INVALID_SETTING", "AIWATCH_INVALID_ARGUMENT"];

/** What of the process an instance could leave behind. */
function traces(registry: Registry) {
  const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout" || name === "Immediate");
  const listeners = process.eventNames().map((name) => [String(name), process.listenerCount(name)]);
  return { metrics: registry.getMetricsAsArray().map(({ name }) => name), timers, listeners };
}

/** Whatever was given, once it was taken: an instance that works and that can be closed. */
async function expectWorks(aiwatch: ReturnType<typeof createAiwatch>, registry: Registry): Promise<void> {
  const inference = aiwatch.startInference({ model: "tiny" });
  inference.token();
  inference.input([{ role: "user", text: "x" }]);
  inference.end({ unified: "stop" });
  JSON.stringify(aiwatch.summary());
  await aiwatch.health.readiness();
  await registry.metrics();
  await aiwatch.close();
}

/** Creates an instance on a registry with a metric of the app's. @returns the error, where it was refused without a trace */
async function tryOut(options: unknown): Promise<AiwatchError | undefined> {
  const registry = new Registry();
  new Counter({ name: "app_total", help: "x", registers: [registry] });
  const given = { registry, onDiagnostic: () => {}, ...(options as AiwatchOptions) };
  const before = traces(registry);
  let created: ReturnType<typeof createAiwatch>;
  try {
    created = createAiwatch(given);
  } catch (error) {
    if (!isAiwatchError(error)) throw error;
    expect(faults).toContain(error.code);
    expect(traces(registry)).toEqual(before);
    vi.unstubAllEnvs();
    await expectWorks(createAiwatch({ registry, onDiagnostic: () => {} }), registry);
    return error;
  }
  await expectWorks(created, registry);
  return undefined;
}

const times = ["firstTokenMs", "timePerOutputTokenMs", "latencyMs"] as const;
/** Where a value may stand in the options. */
const places: readonly (readonly string[])[] = [
  ...["service", "registry", "observers", "disabled", "onDiagnostic", "slo", "content"].map((a) => [a]),
  ...["exitReport", "health", "closeTimeoutMs", "clock"].map((name) => [name]),
  ...times.map((name) => ["slo", name]),
  ["content", "target"],
  ["content", "maxLength"],
  ["health", "timeoutMs"],
  ["health", "cacheMs"],
  ...builtInNames.map((name) => ["health", name]),
  ...builtInNames.flatMap((name) => ["timeoutMs", "cacheMs", "critical"].map((option) => ["health", name, option])),
  ["health", "model", "name"],
  ["health", "model", "isAlive"],
  ["health", "memory", "maxRssBytes"],
  ["health", "memory", "maxHeapBytes"],
  ["health", "eventLoop", "maxDelayMs"],
  ["health", "disk", "path"],
  ["health", "disk", "minFreeBytes"],
];

function optionsWith(place: readonly string[], value: unknown): unknown {
  return place.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
}

const odd = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withSparseArray: true, maxDepth: 2 }),
  fc.double(),
  fc.integer(),
  fc.constantFrom(
    null,
    Number.NaN,
    -1,
    2 ** 31,
    Symbol("x"),
    () => undefined,
    () => Number.NaN,
    [null],
    new Array(1),
    [{ name: 7n }],
    [{}],
    [[]],
  ),
  fc.constantFrom({ now: 5 }, { now: () => "soon" }, { now: () => expect.unreachable() }, { name: 7n }, new Map()),
  fc.constantFrom("constructor", "__proto__", "true", "span", "/", ""),
);

describe("any value of any option", () => {
  it("is refused by an error that names the option, with nothing left behind, or works", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), odd, async (place, value) => {
        fc.pre(!(place[0] === "exitReport" && value === true));
        const error = await tryOut(optionsWith(place, value));
        // a part that is wrong as a whole is named without the option in it, and a check by its own name
        const names = [place[0] === "health" && place.length > 1 ? (place.at(-1) ?? "") : (place[0] ?? "")];
        if (error !== undefined) expect(names.some((name) => error.message.includes(name))).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  it("is refused where it is no object at all", () => {
    for (const options of [null, 5, "x", []]) {
      expect(() => createAiwatch(options as never)).toThrow("the argument of createAiwatch");
    }
  });
});

const variables = [
  "AIWATCH_DISABLED",
  "AIWATCH_EXIT_REPORT",
  "AIWATCH_SERVICE",
  "AIWATCH_SLO_FIRST_TOKEN_MS",
  "AIWATCH_SLO_TIME_PER_OUTPUT_TOKEN_MS",
  "AIWATCH_SLO_LATENCY_MS",
  "AIWATCH_CONTENT_MAX_LENGTH",
  "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT",
  "OTEL_SEMCONV_STABILITY_OPT_IN",
  "AIWATCH_HEALTH_CHECKS",
  "AIWATCH_HEALTH_TIMEOUT_MS",
  "AIWATCH_HEALTH_CACHE_MS",
  "AIWATCH_HEALTH_MAX_RSS_BYTES",
  "AIWATCH_HEALTH_MAX_HEAP_BYTES",
  "AIWATCH_HEALTH_MAX_EVENT_LOOP_DELAY_MS",
  "AIWATCH_HEALTH_MIN_FREE_BYTES",
  "AIWATCH_HEALTH_DISK_PATH",
  "AIWATCH_HEALTH_MODEL_NAME",
];

describe("any value of any variable", () => {
  const text = fc.oneof(
    fc.string().map((value) => value.replaceAll("\0", "")),
    fc.constantFrom("true", "1", "-1", "NaN", "Infinity", "1e999", "0", "model,disk", "model,,", "SPAN_ONLY", "0x10"),
  );

  it("is refused by an error that names the variable, with nothing left behind, or works", async () => {
    const health = Object.fromEntries(builtInNames.map((name) => [name, true]));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...variables), text, fc.boolean(), async (variable, value, isChecked) => {
        vi.stubEnv(variable, value);
        const error = await tryOut(isChecked ? { health } : {});
        vi.unstubAllEnvs();
        if (error !== undefined) expect(error.message).toContain(variable);
      }),
      { numRuns: 400 },
    );
  });
});

it.each([
  ["an objective", { slo: { latencyMs: -1 } }],
  ["a target of contents", { content: { target: "everywhere" } }],
  ["a check", { health: { eventLoop: true, disk: { minFreeBytes: -1 } } }],
  ["a switch", { exitReport: "yes" }],
  ["a time for closing", { closeTimeoutMs: Number.NaN }],
  ["an observer", { observers: [null] }],
  ["a clock", { clock: {} }],
])(
  "an instance with %s that cannot be used leaves nothing in the registry, and the next one is good",
  async (_what, options) => {
    expect(await tryOut(options)).toMatchObject({ code: expect.stringMatching(/^AIWATCH_INVALID_/) });
  },
);

/** What a class with such a static member is, to whoever asks it. */
function functionWith<Members extends object>(members: Members) {
  return Object.assign(() => {}, members);
}

describe("what can be used is taken", () => {
  it.each([
    ["the clock that everybody has", { clock: Date }],
    ["a clock that is a function", { clock: functionWith({ now: () => 1 }) }],
    ["a registry that is a class's only one", { registry: new (class extends Registry {})() }],
    ["a part that is a function", { slo: functionWith({ latencyMs: 5 }) }],
    ["a time for closing without an end", { closeTimeoutMs: Number.POSITIVE_INFINITY }],
    ["a time for closing past what a timer holds", { closeTimeoutMs: 2 ** 40 }],
    ["options that are frozen", Object.freeze({ slo: Object.freeze({}) })],
    ["options that are inherited", Object.create({ service: "mine" })],
  ])("%s", async (_what, options) => {
    expect(await tryOut(options)).toBe(undefined);
  });

  it.each(places.filter((place) => place.length === 1).map(([name]) => [name ?? ""]))(
    "null for %s, as plain JavaScript says that it is unset",
    async (name) => {
      expect(await tryOut({ [name]: null })).toBe(undefined);
    },
  );

  it.each([
    ["a list", (observer: Observer) => [observer]],
    ["a set", (observer: Observer) => new Set([observer])],
    [
      "a generator",
      function* (observer: Observer) {
        yield observer;
      },
    ],
  ])("observers in %s, each notified once", (_what, hold) => {
    const inferenceEnded = vi.fn();
    const observers = hold(functionWith({ inferenceEnded }));
    const aiwatch = createAiwatch({ registry: new Registry(), observers });
    aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
    expect(inferenceEnded).toHaveBeenCalledTimes(1);
  });

  it("a time for closing without an end: no timer, which would fire at once, cuts what is slow", async () => {
    vi.useFakeTimers();
    let close = () => {};
    const closing = new Promise<void>((resolve) => {
      close = resolve;
    });
    const onDiagnostic = vi.fn();
    const observers = [{ name: "slow", close: () => closing }];
    const options = { registry: new Registry(), observers, onDiagnostic, closeTimeoutMs: Number.POSITIVE_INFINITY };
    const closed = createAiwatch(options).close();
    await vi.advanceTimersByTimeAsync(2 ** 31);
    close();
    await closed;
    expect(onDiagnostic).not.toHaveBeenCalled();
  });
});

it.each([
  [[{}, 5], "the option observers[1] is 5, expected an observer"],
  [[null], "the option observers[0] is null, expected an observer"],
  [[{}, {}, "x"], 'the option observers[2] is "x", expected an observer'],
  [new Array(1), "the option observers[0] is undefined, expected an observer"],
  ["xy", 'the option observers is "xy", expected a list of observers'],
  [{}, "the option observers is an object, expected a list of observers"],
  [
    [{ info() {}, child() {}, flush() {} }],
    "the option observers[0] is an object, expected an observer: a logger's is logTo(logger)",
  ],
])("observers that cannot be used are named by their place: %j", (observers, message) => {
  expect(() => createAiwatch({ registry: new Registry(), observers: observers as never })).toThrow(message);
});

it("a name conflict begins and registers nothing, whatever else was asked for", () => {
  const registry = new Registry();
  new Counter({ name: "genai_app_errors_total", help: "the app's", registers: [registry] });
  const before = traces(registry);
  const options = { registry, exitReport: true, health: { eventLoop: true } };
  expect(() => createAiwatch(options)).toThrow(expect.objectContaining({ code: "AIWATCH_METRIC_CONFLICT" }));
  expect(traces(registry)).toEqual(before);
});
