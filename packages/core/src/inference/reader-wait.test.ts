import { createServer, type IncomingMessage } from "node:http";
import fc from "fast-check";
import { Registry } from "prom-client";
import { describe, expect, it, vi } from "vitest";
import { createAiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import { AiwatchHost } from "../aiwatch/host.ts";
import { aiwatchNode } from "../doors/node.ts";
import { rawClient, requestText } from "../test-support/raw-client.ts";
import { serveWith } from "../test-support/served-app.ts";
import { createTestAiwatch, fakeClock, type TestAiwatch } from "../testing/index.ts";
import { withHelper } from "./helper.ts";
import type { InferenceRecord } from "./record.ts";
import { arriveAt } from "./test-support/in-request.ts";

const name = "genai_app_request_first_token_seconds";

function setUp() {
  const clock = fakeClock(1000);
  const test = createTestAiwatch({ clock });
  const begin = (start: object = {}) => test.aiwatch.startInference({ model: "tiny", ...start });
  return { ...test, clock, begin };
}

const waitOf = ({ requestFirstTokenMs, beforeModelMs }: InferenceRecord) => [requestFirstTokenMs, beforeModelMs];
const none = [undefined, undefined];
const countIn = ({ sample }: Pick<TestAiwatch, "sample">) => sample(`${name}_count`, { model: "tiny" });

describe("the first token for a request's reader", () => {
  it("is that of the inference whose token comes first, where several run at once", async () => {
    const stage = setUp();
    const { aiwatch, clock, begin, inferences } = stage;
    const { run, scope } = arriveAt(aiwatch);
    clock.advance(10);
    const slow = run(begin);
    clock.advance(10);
    const fast = run(begin);
    clock.advance(100);
    fast.firstToken();
    expect(scope.wait).toEqual({ requestFirstTokenMs: 120, beforeModelMs: 20 });
    slow.token();
    slow.end({ unified: "stop" });
    fast.token();
    fast.end({ unified: "stop" });
    expect(inferences.map(waitOf)).toEqual([none, [120, 20]]);
    expect(await countIn(stage)).toBe(1);
  });

  it("is that of the next one, where the first failed, was aborted or made no text before it had one", async () => {
    const stage = setUp();
    const { aiwatch, clock, begin, inferences } = stage;
    const { run } = arriveAt(aiwatch);
    for (const end of ["fail", "abort", "end"] as const) {
      const inference = run(begin);
      clock.advance(100);
      if (end === "end") inference.end({ unified: "stop" }, { outputTokens: 5 });
      else if (end === "fail") inference.fail(new Error("gone"));
      else inference.abort();
    }
    run(() => begin({ operation: "embeddings" })).token();
    const last = run(begin);
    clock.advance(1);
    last.token();
    last.end({ unified: "stop" });
    expect(inferences.map(waitOf)).toEqual([none, none, none, [301, 300]]);
    expect(await countIn(stage)).toBe(1);
  });

  it("is none outside of a request, in a closed one, and in one that arrived by another clock", async () => {
    const stage = setUp();
    const { aiwatch, clock, begin, inferences } = stage;
    const answer = () => {
      const inference = begin();
      clock.advance(5);
      inference.token();
      inference.end({ unified: "stop" });
    };
    answer();
    const left = arriveAt(aiwatch);
    left.close();
    left.run(answer);
    const other = arriveAt(createTestAiwatch({ clock: fakeClock(0) }).aiwatch);
    other.run(answer);
    // the reader has a token by then, and nobody knows when it came
    const sameRequest = arriveAt(aiwatch);
    sameRequest.run(() =>
      createTestAiwatch({ clock: fakeClock(0) })
        .aiwatch.startInference({ model: "tiny" })
        .token(),
    );
    sameRequest.run(answer);
    expect(inferences.map(waitOf)).toEqual([none, none, none, none]);
    expect(await countIn(stage)).toBe(undefined);
  });

  it.each([
    ["went back before the call", [1000, 900, 2000]],
    ["went back before the token", [1000, 1500, 1400]],
    ["failed at the arrival", [Number.NaN, 1000, 2000]],
    ["failed at the token", [1000, 1500, Number.NaN]],
  ])("is unknown where the clock %s, and so it stays", async (_, times) => {
    let now = 0;
    const clock = { now: () => now };
    const { aiwatch, inferences, ...test } = createTestAiwatch({ clock });
    const [arrived = 0, issued = 0, token = 0] = times;
    now = arrived;
    const { run } = arriveAt(aiwatch);
    now = issued;
    const first = run(() => aiwatch.startInference({ model: "tiny" }));
    now = token;
    first.token();
    now = 5000;
    const second = run(() => aiwatch.startInference({ model: "tiny" }));
    second.token();
    for (const each of [first, second]) each.end({ unified: "stop" });
    expect(inferences.map(waitOf)).toEqual([none, none]);
    expect(await countIn(test)).toBe(undefined);
  });

  it("goes into the registry of the instance that the inference began in, also where another one took over from it", async () => {
    const clock = fakeClock(1000);
    const [before, after] = [new Registry(), new Registry()];
    const standIn = new AiwatchHost({ registry: before, clock });
    standIn.standsIn = true;
    const { run } = arriveAt(standIn);
    clock.advance(10);
    const inference = run(() => standIn.startInference({ model: "tiny" }));
    standIn.yieldTo(hostOf(createAiwatch({ registry: after, clock })));
    clock.advance(20);
    inference.token();
    inference.end({ unified: "stop" });
    expect(await before.metrics()).toContain(`${name}_sum{model="tiny"} 0.03`);
    expect(await after.metrics()).not.toContain(`${name}_sum`);
  });

  it("is counted once where two instances share a registry and the process's clock", async () => {
    const registry = new Registry();
    const [ofDoor, ofModel] = [createAiwatch({ registry }), createAiwatch({ registry })];
    const { run, scope } = arriveAt(ofDoor);
    for (const instance of [ofModel, ofDoor]) {
      const inference = run(() => instance.startInference({ model: "tiny" }));
      inference.token();
      inference.end({ unified: "stop" });
    }
    expect(scope.wait?.requestFirstTokenMs).toBeGreaterThanOrEqual(0);
    expect(await registry.metrics()).toContain(`${name}_count{model="tiny"} 1`);
  });

  it("is none of a disabled instance", () => {
    const { aiwatch } = createTestAiwatch({ disabled: true });
    const { run, scope, close } = arriveAt(aiwatch);
    run(() => aiwatch.startInference({ model: "tiny" })).token();
    close();
    expect(scope.chat).toBe(false);
    expect(scope.wait).not.toHaveProperty("requestFirstTokenMs");
  });

  it("reaches the app, whatever becomes of the metric", async () => {
    const { aiwatch, begin, inferences, diagnostics } = setUp();
    vi.spyOn(hostOf(aiwatch).instruments.requestFirstToken, "bind").mockImplementation(() => {
      throw new Error("no more series");
    });
    const { run } = arriveAt(aiwatch);
    const inference = run(begin);
    inference.token();
    inference.end({ unified: "stop" });
    expect(inferences.map(waitOf)).toEqual([[0, 0]]);
    expect(diagnostics).toMatchObject([{ source: "registry" }]);
  });

  it("is none of a WebSocket's: its questions come after its request", async () => {
    const app = await serveWith((aiwatch) => {
      const chat = aiwatchNode(async ({ socket }: IncomingMessage) => {
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
        for await (const piece of socket) {
          const inference = aiwatch.startInference({ model: "tiny" });
          inference.token();
          inference.end({ unified: "stop" });
          socket.end(`answer to ${piece}`);
        }
      }, aiwatch);
      return createServer(chat);
    });
    const client = await rawClient(app.port);
    client.socket.write(requestText("/", ["connection: upgrade", "upgrade: WebSocket"]));
    await client.answers(/101 Switching/);
    client.socket.write("hello");
    await client.answers(/answer to hello/);
    const [request] = await app.settled(1);
    expect(request).toMatchObject({ status: 101, chat: true });
    expect(request).not.toHaveProperty("requestFirstTokenMs");
    expect(app.inferences.map(waitOf)).toEqual([none]);
    expect(await countIn(app)).toBe(undefined);
  });
});

describe("withHelper", () => {
  const stage = setUp();
  const { aiwatch, begin } = stage;
  const isChat = (action: () => unknown) => {
    const { run, scope } = arriveAt(aiwatch);
    run(action);
    return scope.chat;
  };

  it("marks what begins inside, nested and after a wait, and nothing else", async () => {
    expect(isChat(() => begin())).toBe(true);
    expect(isChat(() => withHelper(() => begin()))).toBe(false);
    expect(isChat(() => withHelper(() => withHelper(() => begin())))).toBe(false);
    const after = () => {
      withHelper(() => withHelper(() => {}));
      begin();
    };
    expect(isChat(after)).toBe(true);
    const { run, scope } = arriveAt(aiwatch);
    const late = async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return begin();
    };
    await run(() => withHelper(late));
    expect(scope.chat).toBe(false);
    await run(late);
    expect(scope.chat).toBe(true);
  });

  it("yields to what the inference itself says", () => {
    expect(isChat(() => withHelper(() => begin({ forReader: true })))).toBe(true);
    expect(isChat(() => begin({ forReader: false }))).toBe(false);
    expect(isChat(() => begin({ forReader: "no" }))).toBe(true);
    const throwing = {
      model: "tiny",
      get forReader(): boolean {
        throw new Error("no");
      },
    };
    expect(isChat(() => aiwatch.startInference(throwing))).toBe(true);
  });

  it("returns what the function returns, and throws what it throws", async () => {
    const promise = Promise.resolve(5);
    expect(withHelper(() => promise)).toBe(promise);
    const error = new Error("its own");
    expect(() =>
      withHelper(() => {
        throw error;
      }),
    ).toThrow(error);
    const rejected = Promise.reject(error);
    expect(withHelper(() => rejected)).toBe(rejected);
    await expect(rejected).rejects.toBe(error);
  });

  it("keeps helpers in the other metrics", async () => {
    const { aiwatch: own, inferences, sample } = createTestAiwatch({ slo: { latencyMs: 1000 } });
    withHelper(() => {
      const inference = own.startInference({ model: "tiny" });
      inference.token(2);
      inference.end({ unified: "stop" });
    });
    expect(inferences).toMatchObject([{ firstTokenMs: expect.any(Number), slo: "good" }]);
    expect(await sample("genai_app_chat_tokens_total", { model: "tiny", direction: "output" })).toBe(2);
  });
});

type Step =
  | readonly ["begin", { readonly operation: "chat" | "text_completion" | "embeddings"; readonly helper: 0 | 1 | 2 }]
  | readonly ["advance", number]
  | readonly ["token" | "firstToken" | "end" | "fail" | "abort", number]
  | readonly ["close"];

const index = fc.nat(4);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constant("begin" as const),
      fc.record({
        operation: fc.constantFrom("chat" as const, "text_completion" as const, "embeddings" as const),
        helper: fc.constantFrom(0 as const, 0 as const, 1 as const, 2 as const),
      }),
    ),
  },
  { weight: 4, arbitrary: fc.tuple(fc.constant("advance" as const), fc.double({ min: 0, max: 1e5, noNaN: true })) },
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom("token" as const, "firstToken" as const), index) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom("end" as const, "fail" as const, "abort" as const), index) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("close" as const)) },
);

interface Made {
  readonly readsIt: boolean;
  readonly issuedAt: number;
  ended: boolean;
}

/** When the token of the steps came that the wait is for, and when its inference was issued: reckoned by themselves. */
function expectedOf(steps: readonly Step[]) {
  const made: Made[] = [];
  let now = 0;
  for (const [what, given] of steps) {
    if (what === "close") return undefined;
    if (what === "advance") now += given;
    else if (what === "begin") {
      made.push({ readsIt: given.operation !== "embeddings" && given.helper === 0, issuedAt: now, ended: false });
    } else if (isFirst(what, made[given])) return { at: now, issuedAt: made[given]?.issuedAt ?? Number.NaN };
  }
  return undefined;
}

/** An inference that ends has no token any more. */
function isFirst(what: string, inference: Made | undefined): boolean {
  if (inference === undefined || inference.ended) return false;
  inference.ended = what !== "token" && what !== "firstToken";
  return !inference.ended && inference.readsIt;
}

function play({ aiwatch, clock, begin }: ReturnType<typeof setUp>, steps: readonly Step[]) {
  const { run, close, scope } = arriveAt(aiwatch);
  const made: ReturnType<typeof begin>[] = [];
  for (const [what, given] of steps) {
    if (what === "advance") clock.advance(given);
    else if (what === "close") close();
    else if (what === "begin") {
      const { operation, helper } = given;
      const start = () => begin(helper === 1 ? { operation, forReader: false } : { operation });
      made.push(run(() => (helper === 2 ? withHelper(start) : start())));
    } else if (what === "end") made[given]?.end({ unified: "stop" });
    else if (what === "fail") made[given]?.fail(new Error("x"));
    else made[given]?.[what]();
  }
  return { made, scope };
}

it("whatever inferences a request has, in whatever order: one wait at most, of the right one, and the sum of its parts", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const stage = setUp();
      const { made, scope } = play(stage, steps);
      const expected = expectedOf(steps);
      const { inferences } = stage;
      const whileOpen = [await countIn(stage), scope.wait?.requestFirstTokenMs];
      for (const each of made) each.end({ unified: "stop" });
      const waited = inferences.filter((record) => "requestFirstTokenMs" in record || "beforeModelMs" in record);
      const [record] = waited;
      expect(inferences).toHaveLength(made.length);
      expect([waited.length, whileOpen[0] ?? 0, (await countIn(stage)) ?? 0]).toEqual(
        expected === undefined ? [0, 0, 0] : [1, 1, 1],
      );
      if (record === undefined || expected === undefined) return;
      const { requestFirstTokenMs = -1, beforeModelMs = -1, firstTokenMs = -1 } = record;
      expect(Math.min(requestFirstTokenMs, beforeModelMs, firstTokenMs)).toBeGreaterThanOrEqual(0);
      expect(whileOpen[1]).toBe(requestFirstTokenMs);
      expect(requestFirstTokenMs).toBeCloseTo(expected.at, 6);
      expect(beforeModelMs).toBeCloseTo(expected.issuedAt, 6);
      expect(beforeModelMs + firstTokenMs).toBeCloseTo(requestFirstTokenMs, 6);
      expect(await stage.sample(`${name}_sum`, { model: "tiny" })).toBe(requestFirstTokenMs / 1000);
      expect(scope.chat).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
