import { expect, it, vi } from "vitest";
import { createLogger } from "./create-logger.ts";
import { capturedLines } from "./test-support/captured-lines.ts";
import { errorValues } from "./test-support/values/error-values.ts";
import { hostileValues } from "./test-support/values/hostile-values.ts";
import { httpValues } from "./test-support/values/http-values.ts";
import { plainValues } from "./test-support/values/plain-values.ts";
import { canary } from "./test-support/values/row.ts";
import { secretNames } from "./test-support/values/secret-values.ts";

// the oldest release that the peer range allows
vi.mock("pino", () => import("pino9" as "pino"));

const values = [...plainValues, ...errorValues, ...hostileValues, ...secretNames, ...(await httpValues())];

it("is the one that was asked for", async () => {
  const { pino } = await import("pino");
  expect(Reflect.get(pino, "version") ?? Reflect.get(createLogger({ level: "silent" }), "version")).toMatch(/^9\.0\./);
});

it.each(values)("$name: nothing throws, and nothing that must be censored is in a line of pino 9", ({ make }) => {
  const destination = capturedLines();
  const logger = createLogger({ pretty: false, level: "trace", destination });
  const value = make();
  logger.info({ value, req: value, a: { b: [value] } }, "x %j", value as object);
  logger
    .child({ value })
    .child({ apiKey: canary }, { redact: ["nothing.here"] })
    .warn({ password: canary }, "x");
  logger.error({ err: value, token: canary }, "x");
  expect(destination.raw).toHaveLength(3);
  expect(destination.raw.join()).not.toContain(canary);
});
