import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { settingDefault, variablesReadIn, variablesTabledIn } from "@aiwatch/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { joinCluster } from "../cluster/join-cluster.ts";
import { aiwatchNode } from "../doors/node.ts";
import { otelMetrics } from "../otel/otel-metrics.ts";
import { handleSignals } from "../shutdown/handle-signals.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { coreSettings } from "./core-settings.ts";
import { coreSettingDescriptions } from "./test-support/descriptions.ts";

afterEach(() => vi.unstubAllEnvs());

interface WrongValues {
  readonly values: readonly string[];
  /** What the error says that it may hold. */
  readonly expected: string;
  /** Where the variable is read. */
  readonly construct: () => unknown;
}

const noNumbers = ["5s", "five", "-1", "NaN", "Infinity", "1e999", "1_000", "1,5", "0x", "true", "[1]", '{"a":1}'];
const tooLongForTimers = "2147483648";

const health = { memory: true, disk: true, eventLoop: true };
const plain = () => createTestAiwatch();
const checked = () => createTestAiwatch({ health });
const signals = () => handleSignals(createTestAiwatch().aiwatch);
const cluster = () => joinCluster(createTestAiwatch().aiwatch);

const flag = { values: ["maybe", "2", "-1", "null", "truee"], expected: "true or false", construct: plain };
const objective = { values: ["0", ...noNumbers], expected: "milliseconds above 0", construct: plain };
const timeout = (construct: () => unknown): WrongValues => ({
  values: ["0", "0.5", tooLongForTimers, ...noNumbers],
  expected: "milliseconds, at least 1",
  construct,
});
const wait = (construct: () => unknown): WrongValues => ({
  values: [tooLongForTimers, ...noNumbers],
  expected: "milliseconds, 0 or more",
  construct,
});
const bytes = { values: ["0", "2G", "1e300", ...noNumbers], expected: "bytes, at least 1", construct: checked };

const wrong: Readonly<Record<string, WrongValues>> = {
  AIWATCH_DISABLED: flag,
  AIWATCH_OTEL_METRICS: { ...flag, construct: () => otelMetrics() },
  AIWATCH_EXIT_REPORT: flag,
  AIWATCH_SLO_FIRST_TOKEN_MS: objective,
  AIWATCH_SLO_TIME_PER_OUTPUT_TOKEN_MS: objective,
  AIWATCH_SLO_LATENCY_MS: objective,
  AIWATCH_CONTENT_MAX_LENGTH: {
    values: ["0", "1.5", "9007199254740993", ...noNumbers],
    expected: "a whole number above 0",
    construct: plain,
  },
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: {
    values: ["yes", "1", "SPAN,EVENT", "span_onl"],
    expected: "true, false, NO_CONTENT, SPAN_ONLY, EVENT_ONLY or SPAN_AND_EVENT",
    construct: plain,
  },
  AIWATCH_HEALTH_CHECKS: {
    values: ["gpu", "model,", "model;disk", "model,model2", "all", "true", "__proto__"],
    expected: "a list of model, memory, eventLoop, disk, with commas",
    construct: plain,
  },
  AIWATCH_HEALTH_TIMEOUT_MS: timeout(plain),
  AIWATCH_HEALTH_CACHE_MS: wait(plain),
  AIWATCH_HEALTH_MAX_RSS_BYTES: bytes,
  AIWATCH_HEALTH_MAX_HEAP_BYTES: bytes,
  AIWATCH_HEALTH_MIN_FREE_BYTES: bytes,
  AIWATCH_HEALTH_MAX_EVENT_LOOP_DELAY_MS: timeout(checked),
  AIWATCH_OUTSIDE_PARENTS: {
    values: ["id", "all", "true", "__proto__"],
    expected: "one of trust, ids, none",
    construct: () => aiwatchNode(() => {}, createTestAiwatch().aiwatch),
  },
  AIWATCH_DRAIN_MS: wait(signals),
  AIWATCH_SHUTDOWN_TIMEOUT_MS: wait(signals),
  AIWATCH_CLUSTER_TIMEOUT_MS: timeout(cluster),
  AIWATCH_ABANDONED_AFTER_MS: timeout(plain),
};

/** Names, and a list that is shared with other libraries: nothing that they hold is wrong. */
const free = [
  "AIWATCH_SERVICE",
  "OTEL_SERVICE_NAME",
  "AIWATCH_HEALTH_MODEL_NAME",
  "AIWATCH_HEALTH_DISK_PATH",
  "OTEL_SEMCONV_STABILITY_OPT_IN",
];

describe("the environment variables of this package", () => {
  const readme = new URL("../../README.md", import.meta.url);
  const rows = Object.entries(coreSettings);
  const ofRows = rows.flatMap(([, { variables }]) => [...variables]).sort();

  it("are all in the rows, in the table below, and in the README's, and nothing else is", async () => {
    expect(await variablesReadIn(new URL("../", import.meta.url))).toEqual(ofRows);
    expect([...Object.keys(wrong), ...free].sort()).toEqual(ofRows);
    expect(await variablesTabledIn(readme)).toEqual(ofRows);
  });

  it("are named by the rows alone", async () => {
    const sources = new URL("../", import.meta.url);
    const files = globSync("**/*.ts", { cwd: fileURLToPath(sources) });
    const others = files.filter((file) => !/\.test\.ts$|test-support|settings\/core-settings\.ts$/.test(file));
    for (const file of others) {
      const text = await readFile(new URL(file, sources), "utf8");
      for (const variable of ofRows) expect(text.includes(`"${variable}"`), `${variable} in ${file}`).toBe(false);
    }
  });

  it.each(rows)("%s has the option and the default in the README that its row has", async (name, row) => {
    const { variables, option } = row;
    const lines = (await readFile(readme, "utf8")).split("\n");
    const [line = ""] = lines.filter((one) => one.startsWith("|") && one.includes(`\`${variables[0]}\``));
    const cells = line.split(" | ").map((cell) => cell.replaceAll(/^\||\|$/g, "").trim());
    if (option !== undefined) expect(cells[1]).toContain(`\`${option}\``);
    expect(cells.at(-1)?.replaceAll("`", "")).toBe(
      settingDefault(row, coreSettingDescriptions[name as keyof typeof coreSettings]),
    );
  });
});

describe.each(Object.entries(wrong))("%s", (variable, { values, expected, construct }) => {
  it.each(values)("is refused where it is %s, with its name, what it holds and what it may hold", (value) => {
    vi.stubEnv(variable, ` ${value}\t`);
    const message = `${variable} is ${JSON.stringify(value)}, expected ${expected}`;
    expect(construct).toThrowError(expect.objectContaining({ code: "AIWATCH_INVALID_SETTING", message }));
  });

  it("is cut where it is long, and never more than one line", () => {
    vi.stubEnv(variable, `${"x".repeat(79)}💥\n${"y".repeat(10_000)}`);
    const message = `${variable} is "${"x".repeat(79)}", expected ${expected}`;
    expect(construct).toThrowError(expect.objectContaining({ code: "AIWATCH_INVALID_SETTING", message }));
  });
});

it("a variable that is empty or blank is none", async () => {
  for (const blank of ["", " ", "\t\n"]) {
    for (const variable of [...Object.keys(wrong), ...free]) vi.stubEnv(variable, blank);
    const { aiwatch } = createTestAiwatch({ health });
    expect([aiwatch.disabled, aiwatch.service, hostOf(aiwatch).objectives]).toEqual([false, "aiwatch", undefined]);
    expect(hostOf(aiwatch).content).toEqual({ target: "none", maxLength: 8192 });
    joinCluster(aiwatch);
    handleSignals(aiwatch)();
    await aiwatch.close();
  }
});

it.each(free)("%s may hold anything", async (variable) => {
  vi.stubEnv(variable, '\n{"level":"fatal"}\u001b[2J');
  const { aiwatch } = createTestAiwatch({ health: { ...health, model: true }, observers: [otelMetrics()] });
  await aiwatch.health.readiness();
  await aiwatch.close();
});
