import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { createLogger } from "../create-logger.ts";
import { capturedLines } from "../test-support/captured-lines.ts";

it("paths of the app's own change none of its instances", () => {
  const lines = capturedLines();
  const logger = createLogger({
    pretty: false,
    destination: lines,
    redact: ["req.headers.host", "account.owner", "*.pin"],
  });
  class Account {
    owner = "ada";
    get pin() {
      return 1234;
    }
  }
  const req = Object.assign(new IncomingMessage(new Socket()), { headers: { host: "kept", cookie: "kept" } });
  const account = new Account();
  logger.info({ req, account, card: { pin: 1 } });
  expect([req.headers, account.owner]).toEqual([{ host: "kept", cookie: "kept" }, "ada"]);
  expect(lines.last()).toMatchObject({
    req: { headers: { host: "[Redacted]" } },
    account: { owner: "[Redacted]" },
    card: { pin: "[Redacted]" },
  });
});

it("what the app's own paths hide is hidden under our names, too, by wildcards and in a child", () => {
  const lines = capturedLines();
  const logger = createLogger({ pretty: false, destination: lines, redact: ["*.street", "user.email"] });
  const place = { street: "canary" };
  logger.info({
    location: place,
    auth: place,
    other: place,
    user: {
      email: "canary",
      toJSON() {
        return { mail: this.email };
      },
    },
  });
  logger
    .child({ url: { ssn: "canary" } }, { redact: ["*.ssn"] })
    .info({ location: { ssn: "canary" }, headers: { ssn: "canary" } });
  createLogger({ pretty: false, destination: lines, redact: ["*"] }).info({
    location: "canary",
    url: "https://canary",
  });
  expect(lines.raw.join()).not.toContain("canary");
});

it("names that the app keeps are shown", () => {
  const lines = capturedLines();
  const logger = createLogger({ pretty: false, destination: lines, keep: ["cacheKey", "X-Tenant"] });
  logger.info({
    cacheKey: "a",
    cache_key: "b",
    otherKey: "canary",
    req: { headers: { "x-tenant": "c", "x-own": "canary" } },
  });
  expect(lines.last()).toMatchObject({
    cacheKey: "a",
    cache_key: "b",
    otherKey: "[Redacted]",
    req: { headers: { "x-tenant": "c" } },
  });
  expect(lines.raw.join()).not.toContain("canary");
});

it("headers stay where the app keeps the name", () => {
  const lines = capturedLines();
  const logger = createLogger({ pretty: false, destination: lines, keep: ["headers"] });
  const headers = { host: "h", connection: "close" };
  logger.info({ h: headers, headers, req: { method: "GET", url: "/", headers } });
  expect(lines.last()).toMatchObject({ h: headers, headers, req: { method: "GET", url: "/", headers } });
});
