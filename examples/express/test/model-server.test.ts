import {
  closedAddress,
  type ModelServer,
  modelServer,
  otlpReceiver,
  respond,
  sendText,
  threeTokens,
} from "@aiwatch/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { postChat, stream } from "./support/chat.ts";
import { beginDemo, type Demo } from "./support/demo.ts";
import { scrape } from "./support/metrics.ts";

const patience = { timeout: 15_000 };
const ask = { message: "how does the local model answer" };
let server: ModelServer;
let demo: Demo;

beforeEach(async () => {
  server = await modelServer();
  return () => server.close();
});
afterEach(() => demo.process.stop());

/** The demo on the scripted server, unless `env` says another. */
async function open(env: Record<string, string | undefined> = {}) {
  demo = await beginDemo({ MODEL_PATH: undefined, BASE_URL: server.baseUrl, MODEL: "tiny", ...env });
}

describe("a model behind HTTP", () => {
  test("answers with its words, is asked for what the chat holds, and continues the trace", async () => {
    await open({ API_KEY: "the-key" });
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const messages = [{ role: "assistant", content: "Hello." }];
    const answer = stream(
      demo.url,
      { ...ask, messages, seed: 3 },
      { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    );
    expect(await answer.text).toBe("Token by token");
    await demo.process.waitForLine(/request completed/);
    const { spans } = await (await fetch(`${demo.url}/traces/${traceId}`)).json();
    const inference = spans.find(({ name }: { name: string }) => name === "chat tiny");
    expect(inference.parentSpanId).toBe(spans.find(({ kind }: { kind: string }) => kind === "server").spanId);
    const [chat] = server.asked;
    expect(chat?.body).toMatchObject({
      model: "tiny",
      messages: [...messages, { role: "user", content: ask.message }],
      stream: true,
      seed: 3,
    });
    expect(chat?.headers).toMatchObject({
      authorization: "Bearer the-key",
      traceparent: `00-${traceId}-${inference.spanId}-01`,
    });
  });

  test("needs no MODEL where the server has only one", async () => {
    await open({ MODEL: undefined });
    expect(await stream(demo.url, ask).text).toBe("Token by token");
    expect(server.asked).toMatchObject([{ body: { model: "tiny" } }]);
  });

  test("is said to answer, or not yet; a server may be started after the app", async () => {
    await open();
    await demo.process.waitForLine(/"models":\["tiny"\].*"the model server answers"/);
    await demo.process.stop();
    await open({ BASE_URL: `http://${closedAddress}/v1` });
    await demo.process.waitForLine(
      /"reason":"the model server cannot be reached.*"the model server cannot be used yet"/,
    );
  });

  test("that cannot be watched is ready when it lists its models", async () => {
    await open();
    const readiness = async () => (await fetch(`${demo.url}/readiness`)).status;
    await expect.poll(readiness, patience).toBe(200);
    await server.close();
    await expect.poll(readiness, patience).toBe(503);
  });

  test("two are asked at once, the third waits for its turn", async () => {
    await open();
    server.reply = (response, { body }) => sendText(response, "so far", body);
    const [one, two, three] = [stream(demo.url, ask), stream(demo.url, ask), stream(demo.url, ask)];
    await expect
      .poll(async () => (await scrape(demo.url)).value("genai_app_admission_waiting", { queue: "sequences" }), patience)
      .toBe(1);
    await expect.poll(() => server.asked.length, patience).toBe(2);
    server.reply = threeTokens;
    for (const each of [one, two]) each.abort();
    expect(await three.text).toBe("Token by token");
  });

  test("is stopped when the reader leaves", async () => {
    await open();
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    server.reply = (response, { body }) => {
      response.once("close", close);
      sendText(response, "so far", body);
    };
    const answer = stream(demo.url, ask);
    await answer.begun;
    answer.abort();
    await closed;
    await demo.process.waitForLine(/"status":499.*request aborted/);
  });
});

describe("what goes wrong is said in plain words, for a status", () => {
  test.each([
    [401, { error: { message: "Invalid API Key", type: "authentication_error" } }, 502, "wants a key: set API_KEY"],
    [404, "error while getting model: get model 'tiny': model not found", 502, "has no such model: check MODEL"],
    [404, { error: { message: "File Not Found", type: "not_found_error" } }, 502, "check BASE_URL"],
    [400, { error: { message: "too long", type: "exceed_context_size_error" } }, 413, "longer than the model can take"],
    [503, { error: { message: "Loading model", type: "unavailable_error" } }, 503, "is loading its model"],
    [500, { error: { message: "broken" } }, 502, "failed with status 500"],
    [200, "<html>Welcome</html>", 502, "is BASE_URL right?"],
  ] as const)("%i of the server", async (status, body, expected, words) => {
    await open();
    server.reply = (response) => respond(response, status, body);
    const response = await postChat(demo.url, ask);
    expect([response.status, await response.json()]).toEqual([expected, { error: expect.stringContaining(words) }]);
    expect(demo.process.stderr.join("\n")).not.toMatch(/^\s+at /m);
  });

  test("of a key that is refused, without the key", async () => {
    await open({ API_KEY: "canary-81d2" });
    server.reply = (response) => respond(response, 401, { error: { message: "Invalid API Key canary-81d2" } });
    const text = await (await postChat(demo.url, ask)).text();
    expect(text).toBe('{"error":"the model server refuses the key: check API_KEY"}');
    expect([...demo.process.stdout, ...demo.process.stderr].join()).not.toContain("canary-81d2");
  });

  test("of a server that is down", async () => {
    await open();
    await server.close();
    const response = await postChat(demo.url, ask);
    expect([response.status, response.headers.get("retry-after"), await response.json()]).toEqual([
      503,
      "5",
      { error: "the model server cannot be reached: is it running, and is BASE_URL right?" },
    ]);
  });

  test("of several models where MODEL names none", async () => {
    const several = await modelServer(["small", "large"]);
    await open({ BASE_URL: several.baseUrl, MODEL: undefined });
    const response = await postChat(demo.url, ask);
    expect(await response.json()).toEqual({
      error: "the model server has several models: set MODEL to one of small, large",
    });
    await several.close();
  });
});

test("SIGTERM lets an answer come to its end, and exits with 0", async () => {
  await open();
  const { promise: stopping, resolve: stop } = Promise.withResolvers<void>();
  server.reply = async (response, chat) => {
    sendText(response, "first of all: ", chat.body);
    await stopping;
    await threeTokens(response, chat);
  };
  const answer = stream(demo.url, ask);
  await answer.begun;
  const exit = demo.process.stop("SIGTERM", 25_000);
  await demo.process.waitForLine(/"msg":"stopping"/);
  stop();
  expect(await answer.text).toBe("first of all: Token by token");
  expect(await exit).toEqual({ code: 0, signal: null });
});

test("a secret is told to nobody, whatever the server says", async () => {
  const canary = "canary-93b1e0";
  const receiver = await otlpReceiver();
  await open({ API_KEY: canary, LOG_LEVEL: "trace", OTLP_ENDPOINT: receiver.endpoint });
  const messages = [{ role: "assistant", content: canary }];
  const chat = () => postChat(demo.url, { message: canary, messages });
  const answers = [await chat()];
  for (const status of [400, 401, 404, 500, 503]) {
    server.reply = (response) => respond(response, status, { error: { message: `not ${canary}`, type: canary } });
    answers.push(await chat());
  }
  const told = await Promise.all(answers.map((answer) => answer.text()));
  const { text: metrics } = await scrape(demo.url);
  const reports = ["/metrics/summary", "/health", "/readiness"].map(async (path) =>
    (await fetch(demo.url + path)).text(),
  );
  told.push(metrics, ...(await Promise.all(reports)));
  await demo.process.stop();
  const spans = JSON.stringify(receiver.spans(), (_key, value) => (typeof value === "bigint" ? `${value}` : value));
  await receiver.close();
  expect(server.asked).toHaveLength(6);
  expect(spans).toContain("chat tiny");
  for (const each of [...told, ...demo.process.stdout, ...demo.process.stderr, spans]) {
    expect(each).not.toContain(canary);
  }
});

test.each(["is cut", "ends too early", "fails"])(
  "an answer that %s breaks off, and is not taken for a whole one",
  async (how) => {
    await open();
    const { promise: seen, resolve: see } = Promise.withResolvers<void>();
    server.reply = async (response, { body }) => {
      sendText(response, "so far", body);
      await seen;
      if (how === "is cut") response.destroy();
      else response.end(how === "fails" ? 'data: {"error":{"message":"broken"}}\n\n' : undefined);
    };
    const answer = stream(demo.url, ask);
    await answer.begun;
    see();
    await expect(answer.text).rejects.toThrow();
    expect(answer.pieces).toEqual(["so far"]);
  },
);
