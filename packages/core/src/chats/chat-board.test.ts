import { describe, expect, it } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import { hostOf } from "../aiwatch/aiwatch.ts";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { withHelper } from "../inference/helper.ts";
import type { InferenceHandle } from "../inference/inference-handle.ts";
import { brokenOff, complete, leftByClient, type RequestEnding } from "../request/ending.ts";
import { closeRequest, type RequestScope, requestScopes } from "../request/scope.ts";
import type { ChatEntry } from "../summary/schema.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { mostEnded, mostListed } from "./chat-board.ts";
import { figuresOf } from "./chat-window.ts";
import type { LineOutcome } from "./outcome.ts";

function setUp() {
  const clock = fakeClock(1000);
  const { aiwatch } = createTestAiwatch({ clock });
  const { chats } = hostOf(aiwatch) as AiwatchHost;
  const issue = () => aiwatch.startInference({ model: "tiny" });
  return { aiwatch, clock, chats, issue, list: () => chats.list() };
}

const answered = complete(200, true);

function requestOf(aiwatch: Aiwatch) {
  const scope: RequestScope = { requestId: "r1", chat: false, closed: false };
  return {
    scope,
    issue: (model = "tiny") => requestScopes().run(scope, () => aiwatch.startInference({ model })),
    enterLine: (place?: () => number | undefined) => hostOf(aiwatch).chats.enterLine(scope, place),
    close: (ending: RequestEnding = answered) => closeRequest(scope, ending),
  };
}

const noneSaid = { line: 0, before: 0, prompt: 0, decode: 0, tool: 0 };
const none = { ...noneSaid, queue: 0 };

describe("the phases of a chat", () => {
  it("are those that it goes through, from the line to its last token", () => {
    const { aiwatch, clock, list } = setUp();
    const request = requestOf(aiwatch);
    const phases: ChatEntry["phase"][] = [];
    const wait = (ms: number) => {
      phases.push(list()[0]?.phase);
      clock.advance(ms);
    };
    const entry = request.enterLine();
    wait(1);
    entry?.end("admitted");
    wait(2);
    const inference = request.issue();
    wait(4);
    inference.evaluationBegun();
    wait(8);
    inference.token();
    wait(16);
    const tool = inference.startTool({ name: "look" });
    wait(32);
    tool.end();
    wait(64);
    inference.end({ unified: "stop" });
    wait(128);
    request.close();
    expect(phases).toEqual(["line", "before", "queue", "prompt", "decode", "tool", "decode", "before"]);
    clock.advance(1000);
    expect(list()).toEqual([
      {
        key: expect.any(String),
        outcome: "answered",
        requestId: "r1",
        model: "tiny",
        ageMs: 1255,
        endedMsAgo: 1000,
        ms: { line: 1, before: 130, queue: 4, prompt: 8, decode: 80, tool: 32 },
        firstTokenMs: 15,
        queueMs: 5,
        outputTokens: 1,
      },
    ]);
  });

  it("are of what is farthest, where several inferences run", () => {
    const { aiwatch, clock, list } = setUp();
    const request = requestOf(aiwatch);
    const [one, two] = [request.issue(), request.issue("other")];
    clock.advance(1);
    one.token();
    clock.advance(2);
    two.evaluationBegun();
    clock.advance(4);
    one.end({ unified: "stop" });
    clock.advance(8);
    expect(list()).toMatchObject([{ phase: "prompt", model: "other", ms: { ...noneSaid, decode: 6, prompt: 1 + 8 } }]);
    expect(list()[0]?.ms).not.toHaveProperty("queue");
  });

  it("leave open who waits for a model behind HTTP: from the call on it is at its prompt, and only the app's own line is a wait that is known", () => {
    const { aiwatch, clock, list, chats } = setUp();
    const [waited, direct] = [requestOf(aiwatch), requestOf(aiwatch)];
    const line = requestScopes().run(waited.scope, () => aiwatch.admission({ queue: "line" }).enter());
    clock.advance(1);
    line.admitted();
    const issue = ({ scope }: typeof waited) =>
      requestScopes().run(scope, () => aiwatch.startInference({ model: "tiny", kind: "client" }));
    const inferences = [issue(waited), issue(direct)];
    expect(chats.current()).toMatchObject({ chats: 2, active: 2, queued: 0 });
    clock.advance(16);
    expect(list()).toMatchObject([
      { phase: "prompt", queueMs: 1, ms: { ...noneSaid, line: 1, prompt: 16 } },
      { phase: "prompt", ms: { ...noneSaid, prompt: 16 } },
    ]);
    for (const inference of inferences) inference.firstToken();
    clock.advance(8);
    for (const { ms } of list()) expect(ms).toMatchObject({ prompt: 16, decode: 8 });
    for (const { ms } of list()) expect(ms).not.toHaveProperty("queue");
    expect(list()[1]).not.toHaveProperty("queueMs");
  });

  it("take what came out of it for decode, and a tool that is run after its inference for a tool", () => {
    const { aiwatch, clock, list } = setUp();
    const request = requestOf(aiwatch);
    const inference = request.issue();
    inference.prefilled(5);
    clock.advance(1);
    inference.reasoningTokens(3);
    clock.advance(2);
    inference.end({ unified: "tool_calls" });
    const tool = inference.startTool({ name: "look" });
    clock.advance(4);
    tool.end();
    expect(list()).toMatchObject([{ phase: "before", ms: { ...noneSaid, prompt: 1, decode: 2, tool: 4 } }]);
    // nobody said when the engine began with it, and no token came
    expect(list()[0]).not.toHaveProperty("queueMs");
    expect(list()[0]).not.toHaveProperty("firstTokenMs");
  });
});

describe("what is a chat", () => {
  it("is a request with a generating inference, and none without", () => {
    const { aiwatch, list } = setUp();
    const [plain, embedding, chat] = [requestOf(aiwatch), requestOf(aiwatch), requestOf(aiwatch)];
    plain.close();
    requestScopes().run(embedding.scope, () => aiwatch.startInference({ model: "tiny", operation: "embeddings" }));
    chat.issue();
    expect(list()).toHaveLength(1);
  });

  it("begins when its request arrives, where that is told by the instance's clock", () => {
    const { aiwatch, clock, chats, list } = setUp();
    const [own, strange] = [requestOf(aiwatch), requestOf(aiwatch)];
    Object.assign(own.scope, { arrivedAt: 400, wait: hostOf(aiwatch).pendingWait });
    Object.assign(strange.scope, { arrivedAt: 400, wait: { clock } });
    for (const request of [own, strange]) {
      const inference = request.issue();
      inference.evaluationBegun();
      inference.token();
      inference.end({ unified: "stop" });
    }
    expect(list()).toMatchObject([
      { ageMs: 600, firstTokenMs: 600, queueMs: 0, ms: { ...none, before: 600 } },
      { ageMs: 0, firstTokenMs: 0, queueMs: 0, ms: none },
    ]);
    expect(figuresOf(chats.window.part(clock.now()).slices).queueMs).toEqual({ p50: 0, p95: 0 });
  });

  it("is none of a helper, which nobody reads", () => {
    const { aiwatch, list } = setUp();
    const request = requestOf(aiwatch);
    requestScopes().run(request.scope, () => aiwatch.startInference({ model: "tiny", forReader: false }));
    withHelper(() => aiwatch.startInference({ model: "tiny" }));
    expect(list()).toEqual([]);
  });

  it("is each of two requests that have one id", () => {
    const { aiwatch, list } = setUp();
    requestOf(aiwatch).issue();
    requestOf(aiwatch).issue();
    expect(list().map(({ requestId }) => requestId)).toEqual(["r1", "r1"]);
  });

  it("is an inference outside of any request, and one that begins when its request is closed", () => {
    const { aiwatch, issue, list, chats } = setUp();
    const request = requestOf(aiwatch);
    request.close();
    expect(request.enterLine()).toBe(undefined);
    const [late, alone] = [request.issue(), issue()];
    expect(list().map(({ requestId }) => requestId)).toEqual(["r1", undefined]);
    late.end({ unified: "stop" });
    alone.end({ unified: "length" });
    expect(chats.totals).toMatchObject({ chats: 2, answered: 2 });
  });

  it("goes on while an inference of it does, though its request is closed", () => {
    const { aiwatch, clock, chats, list } = setUp();
    const request = requestOf(aiwatch);
    const inference = request.issue();
    request.close(leftByClient(false));
    clock.advance(5);
    expect(chats.current()).toMatchObject({ chats: 1, queued: 1 });
    inference.abort();
    expect(list()).toMatchObject([{ outcome: "aborted", ms: { queue: 5 } }]);
  });
});

type Story = (request: ReturnType<typeof requestOf>) => void;
const began =
  (end: (inference: InferenceHandle) => void, ending?: RequestEnding): Story =>
  (request) => {
    end(request.issue());
    request.close(ending);
  };
const lined =
  (outcome: LineOutcome | undefined, ending?: RequestEnding): Story =>
  (request) => {
    const entry = request.enterLine();
    if (outcome !== undefined) entry?.end(outcome);
    request.close(ending);
    // said too late: it has ended with its request
    entry?.end("failed");
  };
const stop = (inference: InferenceHandle) => inference.end({ unified: "stop" });

const stories: readonly (readonly [story: string, outcome: ChatEntry["outcome"], play: Story])[] = [
  ["its inference stopped", "answered", began(stop)],
  ["its inference failed", "failed", began((inference) => inference.fail(new Error("x")))],
  ["the app aborted its inference", "aborted", began((inference) => inference.abort())],
  ["its inference stopped, and the answer was 503", "failed", began(stop, complete(503, true))],
  ["its inference stopped, and the answer was cut", "failed", began(stop, brokenOff(200, false))],
  ["its inference stopped, and its reader was gone", "aborted", began(stop, leftByClient(false))],
  [
    "its inference failed for a reader who was gone",
    "aborted",
    began((one) => one.fail(new Error("x")), leftByClient(false)),
  ],
  [
    "its second inference stopped after the first failed",
    "answered",
    (request) => {
      request.issue().fail(new Error("x"));
      stop(request.issue());
      request.close();
    },
  ],
  ["it was refused, and the answer was 503", "refused", lined("refused", complete(503, true))],
  ["it was refused, and the answer was 429", "refused", lined("refused", complete(429, true))],
  ["its reader left the line", "left", lined("left", leftByClient(false))],
  ["its reader was gone while it stood in line", "left", lined(undefined, leftByClient(false))],
  ["it was answered while it stood in line", "refused", lined(undefined, complete(503, true))],
  ["the app gave up its wait, and the answer was 503", "refused", lined("left", complete(503, true))],
  ["its stay in line failed", "failed", lined("failed")],
  ["it was admitted, and answered without a model", "answered", lined("admitted")],
  ["it was admitted, and the answer was 429 without a model", "refused", lined("admitted", complete(429, true))],
  ["it was admitted, and the answer was 400 without a model", "refused", lined("admitted", complete(400, true))],
  ["it was admitted, and its reader left before a model began", "aborted", lined("admitted", leftByClient(false))],
  [
    "it was refused once, and a model answered later",
    "answered",
    (request) => {
      request.enterLine()?.end("refused");
      stop(request.issue());
      request.close();
    },
  ],
];

describe("the one outcome of a chat", () => {
  it.each(stories)("where %s is %s", (_story, outcome, play) => {
    const { aiwatch, chats, list } = setUp();
    const request = requestOf(aiwatch);
    play(request);
    request.close(leftByClient(false));
    expect(list().map((entry) => entry.outcome)).toEqual([outcome]);
    expect(chats.totals).toEqual({
      answered: 0,
      refused: 0,
      left: 0,
      failed: 0,
      aborted: 0,
      chats: 1,
      [outcome as string]: 1,
    });
  });
});

describe("a chat in a queue that the app declared", () => {
  it("stands in line until its turn comes, and is told its place where the queue is first-in-first-out", () => {
    const { aiwatch, clock, list } = setUp();
    const [line, pool] = [aiwatch.admission({ queue: "line", order: "fifo" }), aiwatch.admission({ queue: "pool" })];
    const first = line.enter();
    const [one, two] = [requestOf(aiwatch), requestOf(aiwatch)];
    const entry = requestScopes().run(one.scope, () => line.enter());
    requestScopes().run(two.scope, () => pool.enter());
    clock.advance(10);
    expect(list()).toMatchObject([{ phase: "line", place: 2, ms: { ...none, line: 10 } }, { phase: "line" }]);
    expect(list()[1]).not.toHaveProperty("place");
    first.admitted();
    expect(list()[0]?.place).toBe(1);
    entry.admitted();
    clock.advance(5);
    expect(list()[0]).toMatchObject({ phase: "before", ms: { ...none, line: 10, before: 5 } });
    expect(list()[0]).not.toHaveProperty("place");
  });

  it.each([
    ["admitted", answered, "answered"],
    ["refused", complete(503, true), "refused"],
    ["failed", complete(500, true), "failed"],
    ["left", leftByClient(false), "left"],
    [undefined, leftByClient(false), "left"],
    [undefined, complete(503, true), "refused"],
  ] as const)("that was %s and closed by %o has %s", (outcome, ending, expected) => {
    const { aiwatch, chats } = setUp();
    const request = requestOf(aiwatch);
    const entry = requestScopes().run(request.scope, () => aiwatch.admission({ queue: "line" }).enter());
    if (outcome !== undefined) entry[outcome]();
    request.close(ending);
    expect(chats.totals).toMatchObject({ chats: 1, [expected]: 1 });
  });

  it("is none where no request waits, nor where what waits outlives it", () => {
    const { aiwatch, list } = setUp();
    const line = aiwatch.admission({ queue: "line" });
    const job = requestScopes().run(requestOf(aiwatch).scope, () => line.enter({ outlivesRequest: true }));
    line.enter();
    expect([list(), job.ended]).toEqual([[], false]);
  });
});

describe("the list of chats", () => {
  it("shows the place in a line that has an order, now", () => {
    const { aiwatch, list } = setUp();
    let place: number | undefined = 3;
    const entry = requestOf(aiwatch).enterLine(() => place);
    requestOf(aiwatch).enterLine();
    expect(list().map((chat) => chat.place)).toEqual([3, undefined]);
    place = 1;
    expect(list()[0]?.place).toBe(1);
    entry?.end("admitted");
    expect(list()[0]).not.toHaveProperty("place");
  });

  it("shows tokens as they come, and those of all its inferences in the end", () => {
    const { aiwatch, list } = setUp();
    const request = requestOf(aiwatch);
    const first = request.issue();
    first.token(2);
    expect(list()[0]?.outputTokens).toBe(2);
    first.end({ unified: "tool_calls" }, { promptTokens: 10, cachedPromptTokens: 4 });
    const second = request.issue();
    second.token(3);
    expect(list()[0]).toMatchObject({ outputTokens: 5, promptTokens: 10, cachedPromptTokens: 4 });
    second.end({ unified: "stop" }, { promptTokens: 20, outputTokens: 4 });
    request.close();
    expect(list()[0]).toMatchObject({ outputTokens: 6, promptTokens: 30, cachedPromptTokens: 4 });
  });

  it("is bounded, and what is not listed is counted", () => {
    const { issue, chats, list } = setUp();
    const running = Array.from({ length: mostListed + 50 }, issue);
    expect(list()).toHaveLength(mostListed);
    expect(chats.current().chats).toBe(mostListed + 50);
    for (const inference of running) inference.end({ unified: "stop" });
    expect(list()).toHaveLength(mostEnded);
    expect(chats.current()).toMatchObject({ chats: 0, queued: 0 });
    expect(chats.totals).toMatchObject({ chats: mostListed + 50, answered: mostListed + 50 });
  });

  it("keeps of 20,000 chats as much as of the last hundred, and of the last five minutes", () => {
    const { aiwatch, clock, chats, list } = setUp();
    for (let chat = 0; chat < 20_000; chat += 1) {
      const request = requestOf(aiwatch);
      request.enterLine()?.end("admitted");
      const inference = request.issue();
      inference.evaluationBegun();
      clock.advance(50);
      inference.token();
      inference.end({ unified: "stop" });
      request.close();
    }
    const { window, series, totals } = aiwatch.summary();
    expect([list().length, series.queued.length, totals.chats, chats.current().chats]).toEqual([
      mostEnded,
      59,
      20_000,
      0,
    ]);
    // 59 slices of a hundred each, and the one that ended as the next began
    expect([window.chats, window.firstTokenMs.p95]).toEqual([5901, 50]);
  });
});
