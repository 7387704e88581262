import { Registry, register } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { onClose } from "../base/process-wide.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { createAiwatch, defaultAiwatch, hostOf } from "./aiwatch.ts";

afterEach(async () => {
  await defaultAiwatch().close();
  register.clear();
});

describe("the default instance", () => {
  it("is the first that was created, until it is closed", async () => {
    const first = createAiwatch({ registry: new Registry() });
    createAiwatch({ registry: new Registry() });
    expect(defaultAiwatch()).toBe(first);
    await first.close();
    expect(defaultAiwatch().registry).toBe(register);
  });
});

describe("a disabled instance", () => {
  it("registers nothing, tells nobody and still runs what it is given", async () => {
    const told: unknown[] = [];
    const registry = new Registry();
    const observers = [
      {
        name: "o",
        inferenceEnded: (record: unknown) => told.push(record),
        toolEnded: (record: unknown) => told.push(record),
      },
    ];
    const aiwatch = createAiwatch({ registry, disabled: true, observers });
    const inference = aiwatch.startInference({ model: "tiny" });
    expect(inference.run(() => 5)).toBe(5);
    inference.evaluationBegun();
    inference.promptTokens(3, 1);
    inference.tokenAsked();
    inference.token();
    inference.input([{ role: "user", text: "hello" }]);
    const tool = inference.startTool({ name: "weather" });
    expect(tool.run(() => 6)).toBe(6);
    tool.fail(new Error("no"));
    inference.end({ unified: "stop" });
    hostOf(aiwatch).decodeBatches("tiny")(4);
    aiwatch.reportModel("tiny", { contextSize: 768, promptEvalMs: 5 });
    expect(inference).toMatchObject({ ended: true, capturesContent: false });
    expect([told, registry.getMetricsAsArray()]).toEqual([[], []]);
    await aiwatch.close();
  });

  it("can be had by the environment, where a wrong value is a clear error", () => {
    try {
      for (const value of ["perhaps", "constructor"]) {
        process.env["AIWATCH_DISABLED"] = value;
        expect(() => createAiwatch()).toThrowError(`AIWATCH_DISABLED is "${value}", expected true or false`);
      }
    } finally {
      delete process.env["AIWATCH_DISABLED"];
    }
  });
});

describe("close", () => {
  it("calls every closer once, and survives those that fail", async () => {
    const calls: string[] = [];
    let closed = 0;
    const observer = {
      name: "o",
      close: () => {
        closed += 1;
        return Promise.reject(new Error("no"));
      },
    };
    const { aiwatch, diagnostics } = createTestAiwatch({ observers: [observer] });
    aiwatch.onClose(() => void calls.push("own"));
    aiwatch.onClose(() => void calls.push("removed"))();
    const remove = onClose(() => void calls.push("process"));
    await aiwatch.close();
    remove();
    await aiwatch.close();
    expect(closed).toBe(1);
    expect(calls).toEqual(["own", "process"]);
    expect(diagnostics).toMatchObject([{ source: "observer", what: "closing" }]);
  });
});

const faultWith = (message: string) => new TypeError(message);

describe("close, when an observer hangs", () => {
  it("comes to its end and reports it", async () => {
    const hanging = { name: "hanging", close: () => new Promise<void>(() => {}) };
    const { aiwatch, diagnostics } = createTestAiwatch({ observers: [hanging], closeTimeoutMs: 5 });
    await aiwatch.close();
    expect(diagnostics).toMatchObject([{ source: "observer", error: { code: "AIWATCH_CLOSE_TIMEOUT" } }]);
  });
});

describe("a fault of the instrumentation", () => {
  it("is counted each time and told once, without the error's message", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    const aiwatch = createAiwatch({ registry: new Registry() });
    for (let n = 0; n < 3; n += 1) hostOf(aiwatch).diagnostics.fault("adapter", "a hook", faultWith("secret"));
    hostOf(aiwatch).diagnostics.fault("adapter", "another", faultWith("no\n    at home (my secret:1:1)"));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listen);
    expect(warnings.map((warning) => warning.message)).toEqual([
      expect.stringMatching(/^a hook failed: TypeError at .*aiwatch\.test\.ts:\d+/),
      expect.stringMatching(/^another failed: TypeError at .*aiwatch\.test\.ts:\d+/),
    ]);
    expect(warnings.join()).not.toContain("secret");
  });
});

describe("the summary", () => {
  it("has totals, averages over what was seen, and both spellings of the model's figures", () => {
    const { aiwatch } = createTestAiwatch();
    const first = {
      totalRequests: 0,
      averageResponseTime: 0,
      tokensGenerated: 0,
      tokensProcessed: 0,
      activeUsers: 0,
      errorRate: 0,
      averages: { responseMs: null, firstTokenMs: null, errorRate: null },
      inferences: { stop: 0, length: 0, tool_calls: 0, aborted: 0, error: 0 },
      models: [],
    };
    // to the byte, and in its order: what is newer comes behind it
    expect(JSON.stringify(aiwatch.summary())).toMatch(`${JSON.stringify(first).slice(0, -1)},"schema":2,`);
    const request = {
      requestId: "r",
      method: "POST",
      path: "/chat",
      route: "/chat",
      status: 200,
      startedAt: new Date(),
    };
    const rest = { aborted: false, logged: false, own: false, chat: true };
    hostOf(aiwatch).recorder.requestEnded({ ...request, ...rest, durationMs: 1000 });
    hostOf(aiwatch).recorder.requestEnded({ ...request, ...rest, durationMs: 3000 });
    hostOf(aiwatch).recorder.requestEnded({
      ...request,
      ...rest,
      chat: false,
      durationMs: 9000,
      status: 500,
      failure: { type: "internal" },
    });
    hostOf(aiwatch).recorder.requestEnded({ ...request, ...rest, own: true, durationMs: 9000 });
    hostOf(aiwatch).models.report("tiny", { modelType: "llama.cpp", contextSize: 4096, threadsUsed: 2 });
    expect(aiwatch.summary()).toMatchObject({
      totalRequests: 3,
      averageResponseTime: 2,
      errorRate: 1 / 3,
      averages: { responseMs: 2000, firstTokenMs: null, errorRate: 1 / 3 },
      llamaCppMetrics: { model: "tiny", context_size: 4096, contextSize: 4096, threads_used: 2, threadsUsed: 2 },
      models: [{ model: "tiny", modelType: "llama.cpp", contextSize: 4096, threadsUsed: 2 }],
    });
  });
});
