import { type ModelServer, modelServer, respond, sendText } from "@aiwatch/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ask, type Example, startExample } from "./support/example.ts";

let server: ModelServer;
let example: Example;

beforeEach(async () => {
  server = await modelServer();
  example = await startExample({ BASE_URL: server.baseUrl, MODEL: "tiny" });
});
afterEach(() => Promise.all([server.close(), example.process.stop()]));

test("a model behind HTTP answers, without llama.cpp in the process", async () => {
  const response = await ask(example.url, { message: "hi", messages: [{ role: "system", content: "Be brief." }] });
  expect(await response.text()).toBe("Token by token");
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "hi" },
  ];
  expect(server.asked).toMatchObject([{ body: { model: "tiny", messages, stream: true } }]);
  const metrics = await (await fetch(`${example.url}/metrics`)).text();
  expect(metrics).not.toContain("genai_app_llamacpp_model_info{");
});

test.each([
  [404, "model 'tiny' not found", 502, "the model server has nothing there: check MODEL"],
  [404, { error: { message: "File Not Found" } }, 502, "the model server has nothing there: check BASE_URL"],
  [401, { error: { message: "Invalid API Key" } }, 502, "the model server refuses the key: check API_KEY"],
  [503, { error: { message: "Loading model" } }, 503, /busy, or is loading its model/],
  [200, "<html>Welcome</html>", 502, /is BASE_URL right/],
] as const)("%i of the server is said in plain words", async (status, body, expected, error) => {
  server.reply = (response) => respond(response, status, body);
  const response = await ask(example.url, { message: "hi" });
  const words = typeof error === "string" ? error : expect.stringMatching(error);
  expect([response.status, await response.json()]).toEqual([expected, { error: words }]);
});

test("a server that is down is said, and when to ask again", async () => {
  await server.close();
  const response = await ask(example.url, { message: "hi" });
  expect([response.status, response.headers.get("retry-after"), await response.json()]).toEqual([
    503,
    "2",
    { error: "the model server cannot be reached: is it running, and is BASE_URL right?" },
  ]);
  expect(example.process.stderr.join("\n")).not.toMatch(/^\s+at /m);
});

test("an answer that is cut is not taken for a whole one, and a reader that leaves stops the server's answer", async () => {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  server.reply = (response, { body }) => {
    response.once("close", close);
    sendText(response, "so far", body);
  };
  const client = new AbortController();
  const left = await ask(example.url, { message: "hi" }, { signal: client.signal });
  await left.body?.getReader().read();
  client.abort();
  await closed;

  server.reply = (response, { body }) => {
    sendText(response, "so far", body);
    response.end();
  };
  await expect(ask(example.url, { message: "hi" }).then((response) => response.text())).rejects.toThrow();
});
