import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fastify } from "fastify";
import { expect, it } from "vitest";
import { capturedLogger } from "../test-support/captured-logger.ts";

it("values under more names than are remembered are censored all the same", () => {
  const { lines, logger } = capturedLogger();
  for (let count = 0; count < 4_500; count += 1) logger.info({ [`n${count}Token`]: "canary" });
  logger.child({ otherToken: "canary" }).info({ anotherSecret: "canary" });
  expect(lines.raw.join()).not.toContain("canary");
});

it("a message ends what it names before its query, as Fastify's of a route that is not there", async () => {
  const { lines, logger } = capturedLogger();
  const app = fastify({ loggerInstance: logger });
  await app.inject("/nope?key=canary&q=canary");
  await app.close();
  expect(lines.raw.join()).not.toContain("canary");
  expect(lines.lines().map(({ msg }) => msg)).toContain("Route GET:/nope not found");
});

it("names of any length and number are not kept for ever", async () => {
  const app = fileURLToPath(new URL("../test-support/hostile-names-app.ts", import.meta.url));
  const flags = ["--expose-gc", "--conditions=@aiwatch/source", "--no-warnings", app];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  // all of them together are 120 MB
  expect(Number(stdout)).toBeLessThan(20e6);
});

it("what a serializer returns, and any text at the top of a line, is looked at", () => {
  const { lines, logger } = capturedLogger();
  const serializers = { db: ({ dsn }: { dsn: string }) => dsn, req: ({ url }: { url: string }) => `GET ${url}` };
  logger.child({}, { serializers }).info({ db: { dsn: "postgres://u:canary@h" }, req: { url: "/x?api_key=canary" } });
  logger.info({ asked: "/x?api_key=canary", msg: "Route GET:/x?key=canary not found" });
  expect(lines.raw.join()).not.toContain("canary");
});

it("headers as the line, and as bindings, are headers", () => {
  const { lines, logger } = capturedLogger();
  const headers = { host: "h", accept: "*/*", "x-session": "canary", cookie: "canary" };
  logger.info(headers);
  logger.child(headers).info("x");
  logger.setBindings(headers);
  logger.info("y");
  expect(lines.raw.join()).not.toContain("canary");
  expect(lines.lines()[0]).toMatchObject({ host: "h", accept: "*/*", "x-session": "[Redacted]" });
});
