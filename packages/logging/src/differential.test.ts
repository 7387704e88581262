import { inspect } from "node:util";
import type { Logger } from "pino";
import { describe, expect, it } from "vitest";
import { differences, readLine } from "./test-support/difference.ts";
import { writeTwice } from "./test-support/two-loggers.ts";
import { errorValues } from "./test-support/values/error-values.ts";
import { hostileValues } from "./test-support/values/hostile-values.ts";
import { httpValues } from "./test-support/values/http-values.ts";
import { plainValues } from "./test-support/values/plain-values.ts";
import { holdsCanary, type ValueRow } from "./test-support/values/row.ts";
import { secretNames } from "./test-support/values/secret-values.ts";

/** Where an app puts a value. */
interface Place {
  readonly name: string;
  readonly log: (logger: Logger, value: unknown) => void;
  /** What a line has where the value is. */
  readonly find?: (line: Record<string, unknown>) => unknown;
}

const places: readonly Place[] = [
  { name: "a field", log: (logger, value) => logger.info({ logged: value }, "x"), find: ({ logged }) => logged },
  {
    name: "a field of a field, in a list",
    log: (logger, value) => logger.info({ a: { b: [value] } }, "x"),
    find: ({ a }) => (a as { b: unknown[] }).b[0],
  },
  { name: "req", log: (logger, req) => logger.info({ req }), find: ({ req }) => req },
  { name: "res", log: (logger, res) => logger.info({ res, n: 1 }), find: ({ res }) => res },
  { name: "err", log: (logger, err) => logger.error({ err }, "failed"), find: ({ err }) => err },
  { name: "error", log: (logger, error) => logger.error({ error }, "failed"), find: ({ error }) => error },
  {
    name: "a child's binding",
    log: (logger, value) => logger.child({ logged: value }).info("x"),
    find: ({ logged }) => logged,
  },
  {
    name: "a child's child",
    log: (logger, value) =>
      logger
        .child({ a: 1 })
        .child({ b: { logged: value } })
        .warn("x"),
  },
  {
    name: "a child with a redaction of its own",
    log: (logger, value) => logger.child({ logged: value }, { redact: ["nothing.here"] }).info({ logged: value }, "x"),
    find: ({ logged }) => logged,
  },
  { name: "the bindings", log: logBound, find: ({ logged }) => logged },
  {
    name: "a message's %j",
    log: (logger, value) => logger.info("%j", value as object),
    find: ({ msg }) => JSON.parse(String(msg)),
  },
  {
    name: "a message's %o",
    log: (logger, value) => logger.info({ a: 1 }, "is %o", value as object),
    find: ({ msg }) => JSON.parse(String(msg).slice(3)),
  },
  { name: "the line itself", log: (logger, value) => logger.info(value) },
  { name: "the line itself, with a message", log: (logger, value) => logger.error(value, "x") },
];

function logBound(logger: Logger, value: unknown): void {
  logger.setBindings({ logged: value });
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
    expect(holdsCanary(ours.lines.join())).toBe(false);
    if (ours.thrown !== undefined) expect(ours.thrown).toBe(plain.thrown);
    if (plain.thrown !== undefined) return;
    expect(ours.lines).toHaveLength(plain.lines.length);
    if (!row.secret && row.shown === undefined) expect(ours.lines).toEqual(plain.lines);
    else if (row.shown === undefined) {
      const pairs = plain.lines.map((line, index) => [readLine(line), readLine(ours.lines[index] ?? "")] as const);
      expect(pairs.flatMap(([line, our]) => differences(line, our))).toEqual([]);
    } else if (find !== undefined) {
      expect(ours.lines.map((line) => find(JSON.parse(line)))).toEqual([row.shown]);
    }
  });
});

it("there are some 150 values and more", () => {
  expect(new Set(values.map(({ name }) => name)).size).toBe(values.length);
  expect(values.length).toBeGreaterThan(150);
});

it.each(values)("$name is as it was", (row) => {
  const value = row.make();
  const before = insidesOf(value);
  for (const { log } of places) writeTwice(() => value, log);
  expect(insidesOf(value)).toBe(before);
});
