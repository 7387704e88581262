import { expect, it } from "vitest";
import { createLogger } from "../create-logger.ts";
import { capturedLines } from "../test-support/captured-lines.ts";
import { capturedLogger } from "../test-support/captured-logger.ts";

it("a child's own formatter and its own redaction let nothing through", () => {
  const { lines, logger } = capturedLogger();
  logger.child({}, { formatters: { log: (line) => ({ ...line, apiKey: "canary" }) } }).info({ a: 1 });
  logger.child({ password: "canary" }, { redact: ["user.email"] }).info({ token: "canary", user: { email: "canary" } });
  logger
    .child({}, { redact: ["user.email"] })
    .child({ secret: "canary" })
    .info("x %j", { password: "canary" });
  expect(lines.raw.join()).not.toContain("canary");
});

it("a child's own formatter of bindings runs once, and what it adds is censored", () => {
  const { lines, logger } = capturedLogger();
  const bindings = (bound: object) => ({ ...bound, apiKey: "canary", extra: 1 });
  for (const redact of [undefined, ["user.email"]]) {
    logger.child({ a: 1 }, { formatters: { bindings }, ...(redact && { redact }) }).info("x");
    expect(lines.last()).toMatchObject({ a: 1, apiKey: "[Redacted]", extra: 1 });
  }
});

it("what a child is given reaches pino as it was given", () => {
  const { lines, logger } = capturedLogger();
  const seen: unknown[] = [];
  logger.onChild = (child) => void seen.push(child.bindings());
  logger.child({ a: 1 }, { redact: ["b"] });
  expect(seen).toEqual([{ a: 1 }]);
  const formatters = {
    prefix: "p",
    log(this: { prefix: string }, line: object) {
      return { ...line, by: this.prefix };
    },
  };
  logger.child({}, { formatters }).info({ a: 1 });
  expect(lines.last()).toMatchObject({ a: 1, by: "p" });
  logger.child({}, { formatters: { log: () => undefined as unknown as object } }).info({ a: 1 }, "x");
  expect(lines.last()).toMatchObject({ msg: "x" });
});

it("a name that is bound later stands in no line twice", () => {
  const { lines, logger } = capturedLogger();
  const named = createLogger({ pretty: false, destination: lines, component: "a" });
  named.setBindings({ component: "b" });
  named.child({ x: 1 }).info("x");
  expect(lines.last()).toMatchObject({ component: "b", x: 1 });
  expect(logger.bindings()).toEqual({});
});

it("what pino takes as no bindings, ours takes", () => {
  const { lines, logger } = capturedLogger();
  for (const none of [undefined, null]) logger.setBindings(none as never);
  logger.info("x");
  expect(lines.last()).toMatchObject({ msg: "x" });
});

it("a name bound to undefined, or later to the parent, is not taken for the child's", () => {
  const lines = capturedLines();
  const logger = createLogger({ pretty: false, destination: lines, component: "root" });
  logger.child({ component: undefined }).info("a");
  const child = logger.child({});
  logger.setBindings({ component: "late" });
  child.info("b");
  logger.info("c");
  expect(lines.lines().map(({ component }) => component)).toEqual(["root", "root", "late"]);
});
