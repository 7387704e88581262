import { describe, expect, it } from "vitest";
import { messageText, withoutCredentials, withoutQuery } from "./text.ts";

describe("withoutQuery", () => {
  it.each([
    ["/chat/42?key=canary", "/chat/42"],
    ["/chat/42#canary", "/chat/42"],
    ["/chat?canary#canary", "/chat"],
    ["http://ada:canary@host/chat?key=canary", "http://host/chat"],
    ["HTTPS://canary@host:8443", "HTTPS://host:8443"],
    ["postgres://ada:can?ary#w@host/db", "postgres://host/db"],
    ["/@ada/chat", "/@ada/chat"],
    ["http://host:8080/a@2x.png", "http://host:8080/a@2x.png"],
    ["*", "*"],
    ["Room #5, 2nd floor?", "Room #5, 2nd floor?"],
    ["a?b", "a?b"],
    ["search?q=canary", "search"],
    ["/search?q=a canary", "/search"],
    ["http://[::1]:3000/users/@me", "http://[::1]:3000/users/@me"],
    ["file:///C:/app/node_modules/@scope/pkg/i.js", "file:///C:/app/node_modules/@scope/pkg/i.js"],
    ["//@ada/chat", "//@ada/chat"],
  ])("%s is written as %s", (text, written) => {
    expect(withoutQuery(text)).toBe(written);
  });
});

describe("withoutCredentials", () => {
  it.each([
    ["http://ada:canary@host/path", "http://[Redacted]@host/path"],
    ["redis://:canary@host", "redis://[Redacted]@host"],
    ["postgres://ada:pa/canary@host", "postgres://[Redacted]@host"],
    ["postgres://ada:p?canary@host", "postgres://[Redacted]@host"],
    ["jdbc:postgresql://ada:canary@host", "jdbc:postgresql://[Redacted]@host"],
    [
      "connect to redis://:canary@host failed, http://u:canary@x",
      "connect to redis://[Redacted]@host failed, http://[Redacted]@x",
    ],
    ["//ada:canary@host/x", "//[Redacted]@host/x"],
    ["https://h/x?page=2&api_key=canary&q=1", "https://h/x?page=2&api_key=[Redacted]&q=1"],
    ["https://h/x?key=canary", "https://h/x?key=[Redacted]"],
    ["http://host:8080/path@2x.png", "http://host:8080/path@2x.png"],
    ["mail ada@host // or x=1", "mail ada@host // or x=1"],
    ["postgres://ada:p@canary@host/db", "postgres://[Redacted]@host/db"],
    [`postgres://ada:${"x".repeat(300)}canary@host/db`, "postgres://[Redacted]@host/db"],
    ["https://h/cb#access_token=canary", "https://h/cb#access_token=[Redacted]"],
    ["https://h/x?next=/cb?token=canary", "https://h/x?next=/cb?token=[Redacted]"],
    [`https://h/x?token=${"x".repeat(5_000)}canary`, "https://h/x?token=[Redacted]"],
    ["https://h/x?token='canary'", "https://h/x?token=[Redacted]"],
    ["https://h/x?sig=canary&X-Amz-Signature=canary", "https://h/x?sig=[Redacted]&X-Amz-Signature=[Redacted]"],
    ["https://h/x?api%5Fkey=canary&$token=canary", "https://h/x?api%5Fkey=[Redacted]&$token=[Redacted]"],
    ["Server=db; User=ada; Password=canary", "Server=db; User=ada; Password=[Redacted]"],
    ["run --api-key=canary --port=80", "run --api-key=[Redacted] --port=80"],
    ["http://[::1]:3000/users/@me", "http://[::1]:3000/users/@me"],
    ["at file:///C:/app/node_modules/@scope/pkg/i.js:1:2", "at file:///C:/app/node_modules/@scope/pkg/i.js:1:2"],
    ['{"url":"http://host","mail":"ada@x.org"}', '{"url":"http://host","mail":"ada@x.org"}'],
    ["mongodb://h1:27017,h2:27017/db?x=a@b", "mongodb://h1:27017,h2:27017/db?x=a@b"],
    ["//@ts-ignore", "//@ts-ignore"],
    ["for(;key=next();)", "for(;key=next();)"],
    ["max_tokens=3&timeToFirstToken=5", "max_tokens=3&timeToFirstToken=5"],
  ])("%s is written as %s", (text, written) => {
    expect(withoutCredentials(text)).toBe(written);
  });
});

describe("messageText", () => {
  it.each([
    ["Route GET:/nope?key=canary not found", "Route GET:/nope not found"],
    ["see http://h/a?b=c, or /d?e", "see http://h/a or /d"],
    ["really? yes, 1/2? no", "really? yes, 1/2? no"],
    ["what?now", "what?now"],
    ["what/that?yes and SELECT a/b?c", "what/that?yes and SELECT a/b?c"],
    ["[docs](https://h/a?b=c) here", "[docs](https://h/a) here"],
    ["GET /nope?canary", "GET /nope"],
    ["postgres://ada:p?canary@h/x?y=1 failed", "postgres://[Redacted]@h/x failed"],
  ])("%s is written as %s", (text, written) => {
    expect(messageText(text)).toBe(written);
  });
});

it.each([
  ["slashes", "/".repeat(200_000)],
  ["slashes and question marks", "/?".repeat(50_000)],
  ["question marks behind a word", `/${"a?".repeat(50_000)}`],
  ["schemes", "a://".repeat(50_000)],
  ["schemes and one user", `${"a://b:".repeat(30_000)}@`],
  ["parameters", "?a=".repeat(50_000)],
  ["long words between quotes", `${`${"x".repeat(1_900)}${'"?a'.repeat(33)}"`.repeat(30)}`],
  ["users without end", `//${"a:@".repeat(60_000)}`],
  ["brackets", `/?${"[".repeat(100_000)}`],
  ["names without end", `?${"a".repeat(200_000)}=`],
])("a long text of %s takes no long time", (_, text) => {
  const before = process.cpuUsage();
  for (const each of [withoutCredentials, withoutQuery, messageText]) each(text);
  const { user } = process.cpuUsage(before);
  expect(user).toBeLessThan(500_000);
});
