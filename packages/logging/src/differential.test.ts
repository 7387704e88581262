import { inspect } from "node:util";
import type { Logger } from "pino";
import { describe, expect, it } from "vitest";
import { differences, readLine } from "./test-support/difference.ts";
import { writeTwice } from "./test-support/two-loggers.ts";
import { errorValues } from "./test-support/values/error-values.ts";
import { hostileValues } from "./test-support/values/hostile-values.ts";
import { httpValues } from "./test-support/values/http-values.ts";
import { plainValues } from "./test-support/values/plain-values.ts";
import { canary, type ValueRow } from "./test-support/values/row.ts";
import { secretNames } from "./test-support/values/secret-values.ts";

/** Where an app puts a value. */
interface Place {
  readonly name: string;
  readonly log: (logger: Logger, value: unknown) => void;
  /** What a line has where the value is. */
  readonly find?: (line: Record<string, unknown>) => unknown;
}

const places: readonly Place[] = [
  { name: "a field", log: (logger, value) => logger.info({ value }, "x"), find: ({ value }) => value },
  {
    name: "a field of a field, in a list",
    log: (logger, value) => logger.info({ a: { b: [value] } }, "x"),
    find: ({ a }) => (a as { b: unknown[] }).b[0],
  },
  { name: "req", log: (logger, req) => logger.info({ req }), find: ({ req }) => req },
  { name: "res", log: (logger, res) => logger.info({ res, n: 1 }), find: ({ res }) => res },
  { name: "err", log: (logger, err) => logger.error({ err }, "failed") },
  { name: "error", log: (logger, error) => logger.error({ error }, "failed") },
  { name: "a child's binding", log: (logger, value) => logger.child({ value }).info("x"), find: ({ value }) => value },
  { name: "a child's child", log: (logger, value) => logger.child({ a: 1 }).child({ b: { value } }).warn("x") },
  {
    name: "a child with a redaction of its own",
    log: (logger, value) => logger.child({ value }, { redact: ["nothing.here"] }).info({ value }, "x"),
  },
  { name: "the bindings", log: logBound },
  { name: "a message's %j", log: (logger, value) => logger.info("%j", value as object) },
  { name: "a message's %o", log: (logger, value) => logger.info({ a: 1 }, "is %o", value as object) },
  { name: "the line itself", log: (logger, value) => logger.info(value) },
  { name: "the line itself, with a message", log: (logger, value) => logger.error(value, "x") },
];

function logBound(logger: Logger, value: unknown): void {
  logger.setBindings({ value });
  logger.info("x");
}

const values: readonly ValueRow[] = [
  ...plainValues,
  ...errorValues,
  ...hostileValues,
  ...secretNames,
  ...(await httpValues()),
];

/** All there is of a value, hidden properties, symbols and proxies' targets too. */
const insidesOf = (value: unknown) =>
  inspect(value, { showHidden: true, showProxy: true, depth: 8, maxArrayLength: 600, getters: false });

describe.each(places)("what is logged as $name", ({ log, find }) => {
  it.each(values)("$name: as plain pino writes it, but for what is censored", (row) => {
    const { plain, ours } = writeTwice(() => row.make(), log);
    if (ours.thrown !== undefined) expect(ours.thrown).toBe(plain.thrown);
    if (plain.thrown !== undefined) return;
    expect(ours.lines).toHaveLength(plain.lines.length);
    expect(ours.lines.join()).not.toContain(canary);
    if (!row.secret && row.shown === undefined) expect(ours.lines).toEqual(plain.lines);
    else if (row.shown === undefined) {
      const pairs = plain.lines.map((line, index) => [readLine(line), readLine(ours.lines[index] ?? "")] as const);
      expect(pairs.flatMap(([line, our]) => differences(line, our))).toEqual([]);
    } else if (find !== undefined) {
      expect(ours.lines.map((line) => find(JSON.parse(line)))).toEqual([row.shown]);
    }
  });
});

it("knows some 150 values, most of which plain pino takes without throwing, and ours all but what pino itself refuses", () => {
  expect(values.length).toBeGreaterThan(150);
});

it.each(values)("$name is as it was", (row) => {
  const value = row.make();
  const before = insidesOf(value);
  for (const { log } of places) writeTwice(() => value, log);
  expect(insidesOf(value)).toBe(before);
});
