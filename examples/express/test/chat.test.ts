import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postChat, stream } from "./support/chat.ts";
import { beginDemo, type Demo, endlessModel, startDemo } from "./support/demo.ts";
import { scrape } from "./support/metrics.ts";

const ask = { message: "how does the local model answer" };

describe("before the model is loaded", () => {
  test("the server is there, not ready, and asks to come again; then it is ready", async () => {
    const { url, process } = await beginDemo({ MODEL_PATH: undefined });
    try {
      const early = await Promise.all([fetch(`${url}/readiness`), postChat(url, ask), fetch(`${url}/health`)]);
      expect(early.map(({ status }) => status)).toEqual([503, 503, 200]);
      expect(await early[0].json()).toEqual({ status: "not ready", checks: { model: { ok: false } } });
      expect(early[1].headers.get("retry-after")).toBe("1");
      expect(await early[1].json()).toEqual({ error: "the model is being loaded: try again soon" });
      await process.waitForLine(/the model is ready/);
      expect((await fetch(`${url}/readiness`)).status).toBe(200);
      expect((await postChat(url, { ...ask, seed: 2 })).status).toBe(200);
    } finally {
      await process.stop();
    }
  });
});

describe("a chat", () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo({ MODEL_PATH: await endlessModel() });
  });
  afterAll(() => demo.process.stop());

  test("comes as raw text in many pieces", async () => {
    const answer = stream(demo.url, ask);
    const { headers } = await answer.begun;
    expect(headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(headers.get("transfer-encoding")).toBe("chunked");
    expect(await answer.text).toMatch(/^[A-Z][\w ]+! [A-Z].*\./);
    expect(answer.pieces.length).toBeGreaterThan(20);
  });

  test("two at once are each what they are alone", async () => {
    const [first, second] = [
      { ...ask, seed: 1 },
      { message: "what are batches for", seed: 2 },
    ];
    const alone = [await stream(demo.url, first).text, await stream(demo.url, second).text];
    expect(alone[0]).not.toBe(alone[1]);
    const [one, other] = [stream(demo.url, first), stream(demo.url, second)];
    await Promise.all([one.begun, other.begun]);
    const inFlight = await fetch(`${demo.url}/metrics/summary`);
    expect(await inFlight.json()).toMatchObject({ activeUsers: 2 });
    expect([await one.text, await other.text]).toEqual(alone);
  }, 90_000);
});

test("a chat knows of the conversation what its request says, and nothing of earlier requests", async () => {
  const { url, process } = await startDemo();
  const inputTokens = async () => (await scrape(url)).value("genai_app_chat_tokens_total", { direction: "input" }) ?? 0;
  const tokensOf = async (body: object) => {
    const before = await inputTokens();
    await stream(url, body).text;
    return (await inputTokens()) - before;
  };
  const messages = [
    { role: "system", content: "answer with care" },
    { role: "user", content: "what is a token" },
    { role: "assistant", content: "a piece of a word" },
  ];
  try {
    const bare = await tokensOf(ask);
    const long = await tokensOf({ ...ask, messages });
    expect(long).toBeGreaterThan(bare + 10);
    expect(await tokensOf({ ...ask, messages })).toBe(long);
    expect(await tokensOf(ask)).toBe(bare);
  } finally {
    await process.stop();
  }
});

test("with no MODEL_PATH it makes a model of its own, which speaks long enough to be stopped", async () => {
  const { url, process } = await startDemo({ MODEL_PATH: undefined });
  try {
    const answer = stream(url, { ...ask, seed: 1 });
    await answer.begun;
    answer.abort();
    await process.waitForLine(/"finishReason":"aborted"/);
  } finally {
    await process.stop();
  }
});

test("answers vary where no seed is set", async () => {
  const { url, process } = await startDemo({ SEED: undefined });
  try {
    const answers = await Promise.all(Array.from({ length: 4 }, () => stream(url, ask).text));
    expect(new Set(answers).size).toBeGreaterThan(1);
  } finally {
    await process.stop();
  }
});
