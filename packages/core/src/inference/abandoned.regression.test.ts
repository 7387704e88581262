import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import { aiwatchNode } from "../doors/node.ts";
import { closeRequest, requestScopes } from "../request/scope.ts";
import { createTestAiwatch } from "../testing/index.ts";
import type { ToolRecord } from "./record.ts";

const graceMs = 40;
const abandoned = { finishReason: { unified: "aborted", raw: "abandoned" } };

function setUp() {
  const waiters: (() => void)[] = [];
  const tools: ToolRecord[] = [];
  const test = createTestAiwatch({
    abandonedAfterMs: graceMs,
    observers: [
      {
        name: "waiter",
        inferenceEnded: () => {
          for (const look of waiters) look();
        },
        toolEnded: (record) => void tools.push(record),
      },
    ],
  });
  const ended = (wanted: number) =>
    new Promise<void>((resolve) => {
      const look = () => test.inferences.length >= wanted && resolve();
      waiters.push(look);
      look();
    });
  return { ...test, tools, ended };
}

/** Runs `action` in a request's scope. @returns closes the request */
function inRequest(action: () => void): () => void {
  const scope = { requestId: "r", chat: false, closed: false };
  requestScopes().run(scope, action);
  return () => closeRequest(scope);
}

describe("an inference of startInference() that nobody ends", () => {
  it("is ended once its request is closed and nothing was reported for the grace", async () => {
    const { aiwatch, ended, inferences, sample, diagnostics } = setUp();
    const server = createServer(
      aiwatchNode((_req, res) => {
        aiwatch.startInference({ model: "tiny" }).token(3);
        res.end("answered");
      }, aiwatch),
    ).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    get({ port: (server.address() as AddressInfo).port, agent: false }).on("response", (res) => res.resume());
    await ended(1);
    expect(inferences).toMatchObject([{ ...abandoned, outputTokens: 3 }]);
    expect(await sample("genai_app_active_inferences", { model: "tiny" })).toBe(0);
    expect(await sample("genai_app_queued_inferences", { model: "tiny" })).toBe(0);
    expect(diagnostics).toMatchObject([{ source: "adapter", error: { code: "AIWATCH_ABANDONED" } }]);
  });

  it("has the whole grace after each report, whether of itself or of its tool", async () => {
    const { aiwatch, ended, inferences } = setUp();
    const inference = aiwatch.startInference({ model: "tiny" });
    expect(inference.ended).toBe(false);
    let handle = inference;
    inRequest(() => {
      handle = aiwatch.startInference({ model: "tiny" });
    })();
    const tool = handle.startTool({ name: "weather" });
    let last = performance.now();
    for (const report of [() => handle.token(), () => tool.run(() => 5), () => tool.end(), () => handle.tokenAsked()]) {
      await sleep(graceMs / 2);
      // a machine that stands still for longer than the grace ends it, rightly
      if (handle.ended) break;
      report();
      last = performance.now();
    }
    await ended(1);
    expect(performance.now() - last).toBeGreaterThan(graceMs - 2);
    expect(inferences).toMatchObject([abandoned]);
  });

  it("is told of once by an instance, however many there are", async () => {
    const { aiwatch, ended, diagnostics } = setUp();
    inRequest(() => {
      for (let i = 0; i < 5; i += 1) aiwatch.startInference({ model: "tiny" });
    })();
    await ended(5);
    expect(diagnostics).toHaveLength(1);
  });
});

it("one that outlives its request, an adapter's, one without a request and one that ended are left alone", async () => {
  const { aiwatch, ended, inferences } = setUp();
  const left = [aiwatch.startInference({ model: "none" })];
  inRequest(() => {
    left.push(aiwatch.startInference({ model: "outlives", outlivesRequest: true }));
    left.push(hostOf(aiwatch).issueInference({ model: "adapter" }));
    aiwatch.startInference({ model: "ended" }).end({ unified: "stop" });
  })();
  // begun last: whatever else had a timer would have ended before it
  inRequest(() => aiwatch.startInference({ model: "forgotten" }))();
  await ended(2);
  expect(inferences.map(({ model }) => model)).toEqual(["ended", "forgotten"]);
  expect(left.map((handle) => handle.ended)).toEqual([false, false, false]);
});

it("one that is begun when its request is closed already has none to be forgotten in, as in a worker that a request set going", async () => {
  const { aiwatch, ended, inferences } = setUp();
  const scope = { requestId: "r", chat: false, closed: true };
  const begin = () => aiwatch.startInference({ model: "worker" });
  const handle = requestScopes().run(scope, begin);
  const other = requestScopes().run(scope, begin);
  const tool = requestScopes().run(scope, () => other.startTool({ name: "weather" }));
  await sleep(graceMs);
  inRequest(() => aiwatch.startInference({ model: "forgotten" }))();
  await ended(1);
  expect(inferences.map(({ model }) => model)).toEqual(["forgotten"]);
  // held until here: what nobody holds is given up when it is collected
  expect([handle.ended, other.ended, tool.ended]).toEqual([false, false, false]);
});

describe.each(["the inference", "its tool", "one of several runs"])("while a run of %s goes on", (where) => {
  function begin() {
    const test = setUp();
    let settle = { resolve(_value: number) {}, reject(_error: Error) {} };
    const promise = new Promise<number>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const run = { promise, ...settle };
    let handle = test.aiwatch.startInference({ model: "none" });
    const close = inRequest(() => {
      handle = test.aiwatch.startInference({ model: "tiny" });
    });
    const runner = where === "its tool" ? handle.startTool({ name: "search" }) : handle;
    if (where === "one of several runs") for (let i = 0; i < 50; i += 1) runner.run(async () => i);
    expect(runner.run(() => run.promise)).toBe(run.promise);
    if (where === "one of several runs") for (let i = 0; i < 50; i += 1) runner.run(async () => i);
    return { ...test, run, handle, close };
  }

  it("it is not given up, and has the whole grace from the run's end on", async () => {
    const { run, handle, close, ended, inferences } = begin();
    close();
    await sleep(5 * graceMs);
    expect(handle.ended).toBe(false);
    run.resolve(7);
    const settled = performance.now();
    await ended(1);
    expect(performance.now() - settled).toBeGreaterThan(graceMs - 2);
    expect(inferences).toMatchObject([abandoned]);
  });

  it("it ends as its app says", async () => {
    const { run, handle, close, inferences } = begin();
    close();
    await sleep(3 * graceMs);
    run.reject(new Error("the app's own"));
    await expect(run.promise).rejects.toThrow("the app's own");
    handle.end({ unified: "stop" }, { outputTokens: 9 });
    expect(inferences).toMatchObject([{ finishReason: { unified: "stop" }, outputTokens: 9 }]);
  });
});

it("a long run that gives no promise is a sign of life, too, and one that throws", async () => {
  const { aiwatch, inferences } = setUp();
  let handle = aiwatch.startInference({ model: "none" });
  inRequest(() => {
    handle = aiwatch.startInference({ model: "tiny" });
  })();
  const busy = () => {
    const until = performance.now() + 2 * graceMs;
    while (performance.now() < until);
    throw new Error("the app's own");
  };
  expect(() => handle.run(busy)).toThrow("the app's own");
  const ran = performance.now();
  // a timer that is due by now fires in this turn
  await sleep(0);
  // a machine that stood still for longer than the grace has ended it, rightly
  if (performance.now() - ran > graceMs) return;
  expect(handle.ended).toBe(false);
  handle.end({ unified: "stop" });
  expect(inferences).toMatchObject([{ finishReason: { unified: "stop" } }]);
});

it("nothing is waited for before the request is closed", async () => {
  const { aiwatch, ended, inferences } = setUp();
  let open = aiwatch.startInference({ model: "none" });
  const close = inRequest(() => {
    open = aiwatch.startInference({ model: "open" });
  });
  inRequest(() => aiwatch.startInference({ model: "forgotten" }))();
  await ended(1);
  expect(open.ended).toBe(false);
  close();
  await ended(2);
  expect(inferences.map(({ model }) => model)).toEqual(["forgotten", "open"]);
});

it("a tool that nobody ends is called off, whether its inference ended or not", async () => {
  const { aiwatch, ended, tools } = setUp();
  inRequest(() => {
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.startTool({ name: "forgotten" });
    inference.startTool({ name: "ran" }).end();
    inference.end({ unified: "stop" });
    aiwatch.startInference({ model: "tiny" }).startTool({ name: "with its inference" });
    aiwatch.startInference({ model: "last" });
  })();
  await ended(3);
  const outcomes = tools.map(({ tool, outcome }) => `${tool} ${outcome}`);
  expect(outcomes.sort()).toEqual(["forgotten aborted", "ran ok", "with its inference aborted"]);
});

it("what comes after changes nothing", async () => {
  const { aiwatch, ended, inferences } = setUp();
  let handle = aiwatch.startInference({ model: "none" });
  inRequest(() => {
    handle = aiwatch.startInference({ model: "tiny" });
  })();
  await ended(1);
  handle.token();
  handle.end({ unified: "stop" });
  expect(inferences).toMatchObject([abandoned]);
});

it.each([0, -1, Number.NaN, "30000", 2 ** 31])("a grace of %j is refused", (abandonedAfterMs) => {
  expect(() => createAiwatch({ abandonedAfterMs } as never)).toThrowError(/abandonedAfterMs/);
});

const cwd = fileURLToPath(new URL("../..", import.meta.url));
const flags = ["--expose-gc", "--conditions=@aiwatch/source", "--disable-warning=ExperimentalWarning"];
const run = (program: string, env: Readonly<Record<string, string>> = {}) => {
  const stdin = `import { createAiwatch } from "./src/index.ts";
    import { closeRequest, requestScopes } from "./src/request/scope.ts";
    ${program}`;
  return runToEnd(process.execPath, [...flags, "--input-type=module"], { cwd, env, stdin, timeoutMs: 20_000 });
};

describe("in a process of its own", () => {
  it("handles that were collected end, each once, and those that are held do not", async () => {
    const { stdout, stderr } = await run(`
      const ends = [];
      const aiwatch = createAiwatch({
        observers: [{
          name: "ends",
          inferenceEnded: ({ model, finishReason }) => ends.push(model + " " + finishReason.raw),
          toolEnded: ({ tool, outcome }) => ends.push(tool + " " + outcome),
        }],
      });
      const held = aiwatch.startInference({ model: "held" });
      const holder = aiwatch.startInference({ model: "holder" });
      (() => {
        aiwatch.startInference({ model: "dropped" }).token();
        aiwatch.startInference({ model: "background", outlivesRequest: true }).token();
        aiwatch.issueInference({ model: "adapter" }).token();
        holder.startTool({ name: "tool" }).run(() => 5);
        aiwatch.startInference({ model: "ended" }).end({ unified: "stop", raw: "stop" });
      })();
      for (let turn = 0; turn < 10; turn += 1) {
        await new Promise(setImmediate);
        gc();
      }
      console.log(ends.sort().join(", "), held.ended, holder.ended);`);
    expect(stdout).toBe("background abandoned, dropped abandoned, ended stop, tool aborted false false\n");
    expect(stderr.match(/AIWATCH_ABANDONED/g)).toHaveLength(1);
  });

  it("a handle that was collected while a run goes on is given up when the run is over", async () => {
    const { stdout } = await run(`
      const ends = [];
      const observer = { name: "ends", inferenceEnded: ({ model, finishReason }) => ends.push(model + " " + finishReason.raw) };
      const aiwatch = createAiwatch({ abandonedAfterMs: 20, observers: [observer] });
      let settle;
      (() => void aiwatch.startInference({ model: "tiny" }).run(() => new Promise((resolve) => (settle = resolve))))();
      const collect = async (until) => {
        for (let turn = 0; turn < 100 && !until(); turn += 1) {
          await new Promise((resolve) => setTimeout(resolve, 10));
          gc();
        }
      };
      let turns = 0;
      await collect(() => (turns += 1) > 10);
      console.log(ends.length);
      settle();
      await collect(() => ends.length > 0);
      console.log(ends.join());`);
    expect(stdout).toBe("0\ntiny abandoned\n");
  });

  it("a rejection of a run that the app forgot to handle is still reported by Node", async () => {
    const { stdout } = await run(`
      process.on("unhandledRejection", (error) => console.log("unheard:", error.message));
      const aiwatch = createAiwatch({ abandonedAfterMs: 20 });
      const scope = { requestId: "r", chat: false, closed: false };
      const handle = requestScopes().run(scope, () => aiwatch.startInference({ model: "tiny" }));
      let fail;
      handle.run(() => new Promise((_, reject) => (fail = reject)));
      closeRequest(scope);
      setTimeout(() => fail(new Error("the app's own")), 50);
      const look = () => (handle.ended ? console.log(handle.ended) : setTimeout(look, 10));
      setTimeout(look, 60);`);
    expect(stdout).toBe("unheard: the app's own\ntrue\n");
  });

  it("the grace keeps no process alive", async () => {
    const { code, stdout } = await run(`
      const aiwatch = createAiwatch();
      const scope = { requestId: "r", chat: false, closed: false };
      globalThis.handle = requestScopes().run(scope, () => aiwatch.startInference({ model: "tiny" }));
      closeRequest(scope);
      process.on("exit", () => console.log(handle.ended));`);
    expect([code, stdout]).toEqual([0, "false\n"]);
  });

  it("the variable sets it, and is refused where it is none", async () => {
    const program = "console.log(createAiwatch().abandonedAfterMs);";
    expect((await run(program, { AIWATCH_ABANDONED_AFTER_MS: "5000" })).stdout).toBe("5000\n");
    expect((await run(program)).stdout).toBe("30000\n");
    expect((await run(program, { AIWATCH_ABANDONED_AFTER_MS: "soon" })).stderr).toContain("AIWATCH_ABANDONED_AFTER_MS");
  });
});
