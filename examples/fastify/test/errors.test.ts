import { Readable } from "node:stream";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { keepRecentTraces } from "@aiwatch/tracing";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApp } from "../src/app.js";
import { ask } from "./support/example.ts";

const secret = "canary-61fa";
let app: Awaited<ReturnType<typeof createApp>>;
let url: string;
let lines: string[];
let watched: ReturnType<typeof createTestAiwatch>;
let answer: () => Readable;

beforeEach(async () => {
  lines = [];
  watched = createTestAiwatch();
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  app = await createApp({
    aiwatch: watched.aiwatch,
    chat: { answer: () => answer() },
    traces: keepRecentTraces(),
    logger,
  });
  url = await app.listen({ port: 0, host: "127.0.0.1" });
});
afterEach(() => app.close());

test("a failure before the first word is a 500 that tells nothing of its cause", async () => {
  answer = () => new Readable({ read: () => {}, construct: (done) => done(new TypeError(secret)) });
  const response = await ask(url, { message: secret });
  expect([response.status, await response.json()]).toEqual([
    500,
    { error: "the answer failed; the server's log says more" },
  ]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 50, errorType: "TypeError" }]);
  expect(lines.join()).not.toContain(secret);
  expect(await watched.sample("genai_app_errors_total", { type: "internal", operation: "http" })).toBe(1);
});

test("a failure in mid-answer breaks the connection, and counts", async () => {
  const stream = new Readable({ read: () => {} });
  answer = () => stream;
  stream.push("so far");
  const response = await ask(url, { message: "hi" });
  expect(response.status).toBe(200);
  stream.destroy(new Error(secret));
  await expect(response.text()).rejects.toThrow();
  await expect
    .poll(() => watched.sample("genai_app_errors_total", { type: "stream_failed", operation: "http" }), {
      timeout: 15_000,
    })
    .toBe(1);
});

test.each([
  [{ message: 7 }, 400, "body/message must be string"],
  [{ message: "" }, 400, "body/message must NOT have fewer than 1 characters"],
  [{}, 400, "body must have required property 'message'"],
  [{ message: "hi", messages: [{ role: secret, content: "x" }] }, 400, "body/messages/0/role must be equal to one of"],
  [{ message: secret.repeat(200_000) }, 413, "the body is too large"],
])("a bad request is refused in words that do not quote it", async (body, status, error) => {
  const response = await ask(url, body);
  const text = await response.text();
  expect(response.status).toBe(status);
  expect(JSON.parse(text).error).toContain(error);
  expect(text).not.toContain(secret);
});

test("what is no JSON, and what is not there", async () => {
  const post = (body: string, type: string) =>
    fetch(`${url}/chat`, { method: "POST", headers: { "content-type": type }, body });
  const answers = [
    await post(`{"message":"${secret}`, "application/json"),
    await post(secret, "text/csv"),
    await fetch(`${url}/${secret}`),
  ];
  expect(answers.map(({ status }) => status)).toEqual([400, 415, 404]);
  for (const each of answers) expect(await each.text()).not.toContain(secret);
});
