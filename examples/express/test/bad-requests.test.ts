import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postChat } from "./support/chat.ts";
import { type Demo, startDemo } from "./support/demo.ts";

const secret = "canary-5d1c";
let demo: Demo;

beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.process.stop());

async function refusal(body: unknown, headers: Record<string, string> = {}) {
  const response = await postChat(demo.url, body, { headers });
  const text = await response.text();
  expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  expect(text).not.toContain(secret);
  return { status: response.status, error: JSON.parse(text).error as string };
}

describe("a bad request is refused in words that name the field and never quote it", () => {
  test.each([
    ["text that is no JSON", `{"message": "${secret}`, 400, "the body is not valid JSON"],
    ["nothing", "", 400, "message: it is missing"],
    ["null", "null", 400, "the body: expected an object"],
    ["a text", `"${secret}"`, 400, "the body: expected an object"],
    ["a list", "[]", 400, "message: it is missing"],
    ["no message", { messages: [] }, 400, "message: it is missing"],
    ["a message that is a number", { message: 7 }, 400, "message: expected a text"],
    ["an empty message", { message: "" }, 400, "message: expected a text that is not empty"],
    ["messages that are a text", { message: "hi", messages: secret }, 400, "messages: expected a list"],
    ["messages that are numbers", { message: "hi", messages: [7] }, 400, "messages.0: expected an object"],
    [
      "a role that is none",
      { message: "hi", messages: [{ role: secret, content: "x" }] },
      400,
      "messages.0.role: expected user, assistant or system",
    ],
    [
      "content that is an object",
      { message: "hi", messages: [{ role: "user", content: { text: secret } }] },
      400,
      "messages.0.content: expected a text",
    ],
    [
      "more messages than there may be",
      { message: "hi", messages: Array(1001).fill({ role: "user", content: "x" }) },
      400,
      "messages: expected at most 1000",
    ],
    ["a body that is too large", { message: `${secret} ${"x".repeat(256 * 1024)}` }, 413, "larger than 256kb"],
    ["a message that the context cannot hold", { message: `${secret} `.repeat(5000) }, 413, "shorten it"],
    [
      "instructions that the context cannot hold",
      { message: "hi", messages: [{ role: "system", content: "word ".repeat(9000) }] },
      413,
      "shorten it",
    ],
  ])("%s", async (_what, body, status, words) => {
    expect(await refusal(body)).toEqual({ status, error: expect.stringContaining(words) });
  });

  test.each([-1, 2 ** 32, 0.5, secret])("seed %s", async (seed) => {
    const error = "seed: expected a whole number from 0 to 4294967295";
    expect(await refusal({ message: "hi", seed })).toEqual({ status: 400, error });
  });

  test("another content type", async () => {
    const { status, error } = await refusal(`message=${secret}`, { "content-type": "text/plain" });
    expect({ status, error }).toEqual({ status: 415, error: expect.stringContaining("application/json") });
  });

  test("another method says which one it takes", async () => {
    const response = await fetch(`${demo.url}/chat`);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    expect(await response.json()).toEqual({ error: "ask it with POST" });
  });

  test("a path that is not there, and a trace id that is none", async () => {
    const missing = await fetch(`${demo.url}/no/such/thing?key=${secret}`);
    expect([missing.status, await missing.json()]).toEqual([404, { error: "there is no such thing here" }]);
    const outside = await fetch(`${demo.url}/page/..%2Fmain.js`);
    expect(outside.status).toBeGreaterThanOrEqual(400);
    const trace = await fetch(`${demo.url}/traces/0123`);
    expect([trace.status, await trace.json()]).toEqual([400, { error: expect.stringContaining("32 hexadecimal") }]);
  });

  test("and the server lives on, with none of it in what it wrote", async () => {
    const response = await postChat(demo.url, { message: "how are you" });
    expect(response.status).toBe(200);
    expect(await response.text()).not.toBe("");
    expect([...demo.process.stdout, ...demo.process.stderr].join("\n")).not.toContain(secret);
  });
});
