import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { testServer } from "@aiwatch/testkit";
import { Registry, register } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import type { Diagnostic } from "../base/diagnostics.ts";
import { joinCluster } from "../cluster/join-cluster.ts";
import { aiwatchNode } from "../doors/node.ts";
import { installedSource } from "../exposition/registry-metrics.ts";
import type { InferenceHandle } from "../inference/inference-handle.ts";
import { clientReports } from "../reports/client-reports.ts";
import { requestScopes } from "../request/scope.ts";
import { metricsHandler, type RouteHandler, routeHandler } from "../routes/handlers.ts";
import { handleSignals } from "../shutdown/handle-signals.ts";
import { fakeClock } from "../testing/index.ts";
import { type Aiwatch, createAiwatch, defaultAiwatch, hostOf } from "./aiwatch.ts";
import type { AiwatchOptions } from "./options.ts";

const reports = clientReports();

const made: Aiwatch[] = [];
afterEach(async () => {
  for (const aiwatch of made.splice(0)) await aiwatch.close();
  await defaultAiwatch().close();
  register.clear();
});

/** The app's own instance, and whom its observer was told of. */
function appsOwn(options: AiwatchOptions = {}) {
  const told: string[] = [];
  const observer = {
    name: "app",
    inferenceEnded: ({ model, slo }: { model: string; slo?: string }) => told.push([model, slo].join(" ").trim()),
    requestEnded: ({ path }: { path: string }) => told.push(path),
  };
  const aiwatch = createAiwatch({ observers: [observer], ...options });
  made.push(aiwatch);
  return { aiwatch, told };
}

async function statusOf(handler: RouteHandler): Promise<number> {
  const { url, close } = await testServer(handler);
  const { status } = await fetch(url);
  await close();
  return status;
}

/** Stops an instance by a signal that nobody else sends. @returns the exit code */
async function stopped(aiwatch: Aiwatch, meanwhile: () => void): Promise<number> {
  let remove = () => {};
  const exited = new Promise<number>((exit) => {
    remove = handleSignals(aiwatch, { signals: ["SIGUSR2"], exit });
  });
  meanwhile();
  process.emit("SIGUSR2", "SIGUSR2");
  return exited.finally(remove);
}

/** An inference that goes on for a little: a shutdown that does not see it has closed long before. */
function ends(inference: InferenceHandle, order: string[]): void {
  setTimeout(() => {
    order.push("ended");
    inference.end({ unified: "stop" });
  }, 60);
}

const ended = async (model: string, registry: Registry = register) =>
  (await registry.metrics()).match(
    new RegExp(`^genai_app_inferences_total\\{model="${model}",operation="chat",finish_reason="stop"\\} (\\d+)`, "m"),
  )?.[1];

describe("an instance that stood in until the app made its own", () => {
  it("is replaced, and everything goes on: what runs, what was counted, who holds it", async () => {
    const standIn = defaultAiwatch();
    standIn.startInference({ model: "before" }).end({ unified: "stop" });
    const running = standIn.startInference({ model: "running" });
    const { aiwatch, told } = appsOwn({ slo: { latencyMs: 60_000 } });
    expect(defaultAiwatch()).toBe(aiwatch);

    running.end({ unified: "stop" });
    standIn.startInference({ model: "held" }).end({ unified: "stop" });
    aiwatch.startInference({ model: "after" }).end({ unified: "stop" });
    expect(told).toEqual(["running good", "held good", "after good"]);
    for (const model of ["before", "running", "held", "after"]) expect(await ended(model)).toBe("1");
    expect(await register.metrics()).toContain('genai_app_slo_inferences_total{model="running",outcome="good"} 1');
    expect([aiwatch.summary(), standIn.summary()]).toMatchObject(Array(2).fill({ inferences: { stop: 4 } }));
  });

  it("hands over its health, its closers and its faults", async () => {
    const standIn = defaultAiwatch();
    const closed: string[] = [];
    standIn.onClose(() => void closed.push("before"));
    const remove = standIn.health.addCheck("db", () => false);
    standIn.health.reportVersion("llama.cpp", "b1");
    const diagnostics: Diagnostic[] = [];
    const { aiwatch } = appsOwn({
      onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
      health: { memory: true },
    });
    expect(standIn.health).toBe(aiwatch.health);
    expect(Object.keys((await aiwatch.health.readiness()).checks).sort()).toEqual(["db", "memory"]);
    expect(aiwatch.health.versions.get("llama.cpp")).toBe("b1");
    remove();
    expect(Object.keys((await aiwatch.health.readiness()).checks)).toEqual(["memory"]);

    hostOf(standIn).diagnostics.fault("adapter", "a hook", new Error("no"));
    expect(diagnostics).toMatchObject([{ what: "a hook" }]);
    standIn.onClose(() => void closed.push("after"));
    await aiwatch.close();
    expect(closed.sort()).toEqual(["after", "before"]);
  });

  it("hands over built-in checks only where the app's own instance has them on", async () => {
    process.env["AIWATCH_HEALTH_CHECKS"] = "memory,disk";
    try {
      defaultAiwatch();
      const { aiwatch } = appsOwn({ health: { disk: false } });
      expect(Object.keys((await aiwatch.health.readiness()).checks)).toEqual(["memory"]);
    } finally {
      delete process.env["AIWATCH_HEALTH_CHECKS"];
    }
  });

  it("tells the app's observers of requests through a door that was there before", async () => {
    const server = createServer(aiwatchNode((_req, res) => res.end())).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { told } = appsOwn();
    await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page`)).text();
    await expect.poll(() => told).toEqual(["/page"]);
    server.closeAllConnections();
    server.close();
  });

  it("is replaced by the first of two, which stay apart", () => {
    const standIn = defaultAiwatch();
    const [first, second] = [appsOwn(), appsOwn()];
    standIn.startInference({ model: "held" }).end({ unified: "stop" });
    second.aiwatch.startInference({ model: "second" }).end({ unified: "stop" });
    expect([first.told, second.told]).toEqual([["held"], ["second"]]);
    expect(defaultAiwatch()).toBe(first.aiwatch);
  });

  it("hands over to an instance on another registry, where what begins from now on is counted", async () => {
    const registry = new Registry();
    const standIn = defaultAiwatch();
    hostOf(standIn).models.watch("tiny", () => ({ contextSize: 512 }));
    const batch = hostOf(standIn).decodeBatches("tiny");
    const running = standIn.startInference({ model: "moving" });
    const { aiwatch, told } = appsOwn({ registry });
    running.end({ unified: "stop" });
    standIn.startInference({ model: "moved" }).end({ unified: "stop" });
    batch(3);
    expect(told).toEqual(["moving", "moved"]);
    expect([await ended("moving"), await ended("moved")]).toEqual(["1", undefined]);
    expect([await ended("moving", registry), await ended("moved", registry)]).toEqual([undefined, "1"]);
    expect(await register.metrics()).toContain('genai_app_active_inferences{model="moving"} 0');
    expect(await registry.metrics()).toContain('genai_app_llamacpp_context_size{model="tiny"} 512');
    expect(await registry.metrics()).toContain('genai_app_llamacpp_decode_batch_tokens_count{model="tiny"} 1');
    expect(aiwatch.summary().models).toMatchObject([{ model: "tiny" }, { model: "moved" }]);
  });

  it("observes nothing more where the app's own instance is disabled", async () => {
    const standIn = defaultAiwatch();
    const { told } = appsOwn({ disabled: true });
    standIn.startInference({ model: "refused" }).end({ unified: "stop" });
    expect([told, await ended("refused")]).toEqual([[], undefined]);
  });

  it("stands in again once the app's own was closed, for the next one that the app makes", async () => {
    defaultAiwatch();
    const first = appsOwn();
    await first.aiwatch.close();
    defaultAiwatch().startInference({ model: "between" }).end({ unified: "stop" });
    const next = appsOwn();
    defaultAiwatch().startInference({ model: "next" }).end({ unified: "stop" });
    expect([first.told, next.told]).toEqual([[], ["next"]]);
  });

  it("is the app's own for whoever holds it: its name, its registry, its instruments, and whether it is disabled", async () => {
    const standIn = defaultAiwatch();
    const registry = new Registry();
    const { aiwatch } = appsOwn({ registry, service: "svc" });
    expect([standIn.service, standIn.disabled]).toEqual(["svc", false]);
    expect(standIn.registry).toBe(registry);
    standIn.metrics.counter({ name: "app_mails_total", help: "Mails." }).add();
    expect(await registry.metrics()).toContain("app_mails_total 1");
    expect(hostOf(standIn).instruments).toBe(hostOf(aiwatch).instruments);
    expect(hostOf(standIn).models).toBe(hostOf(aiwatch).models);
  });

  it("is disabled once the app's own is", () => {
    const standIn = defaultAiwatch();
    appsOwn({ disabled: true });
    expect(standIn.disabled).toBe(true);
  });

  it.each([
    ["on the same registry", register],
    ["on another registry", new Registry()],
  ])("has what began with it waited for by a shutdown %s", async (_, registry) => {
    const running = defaultAiwatch().startInference({ model: "running" });
    const { aiwatch, told } = appsOwn({ registry });
    const order: string[] = [];
    aiwatch.onClose(() => void order.push("closed"));
    expect([await stopped(aiwatch, () => ends(running, order)), order, told]).toEqual([
      0,
      ["ended", "closed"],
      ["running"],
    ]);
  });

  it("waits for what runs on the app's own, where it handles the signals", async () => {
    const order: string[] = [];
    const stop = stopped(defaultAiwatch(), () => {
      const { aiwatch } = appsOwn({ registry: new Registry() });
      aiwatch.onClose(() => void order.push("closed"));
      ends(aiwatch.startInference({ model: "running" }), order);
    });
    expect([await stop, order]).toEqual([0, ["ended", "closed"]]);
  });

  it("handles the signals for the app's own, which is refused a second time until they are free again", () => {
    const remove = handleSignals(defaultAiwatch(), { signals: ["SIGUSR2"] });
    const { aiwatch } = appsOwn();
    expect(() => handleSignals(aiwatch, { signals: ["SIGUSR2"] })).toThrowError(/was called for this instance already/);
    remove();
    handleSignals(aiwatch, { signals: ["SIGUSR2"] })();
    expect(process.listeners("SIGUSR2")).toEqual([]);
  });

  it("refuses at its handlers once the app's own is disabled", async () => {
    const handlers = (["metrics", "health", "log"] as const).map((name) =>
      routeHandler(defaultAiwatch(), name, { reports }),
    );
    appsOwn({ disabled: true });
    for (const handler of handlers) expect(await statusOf(handler)).toBe(404);
  });

  it("answers at its handlers as the app's own", async () => {
    const [takesErrors, showsMetrics] = [
      routeHandler(defaultAiwatch(), "error", { reports }),
      metricsHandler(defaultAiwatch()),
    ];
    appsOwn({ registry: new Registry() });
    const { url, close } = await testServer((req, res) =>
      req.method === "POST" ? takesErrors(req, res) : showsMetrics(req, res),
    );
    const headers = { "content-type": "application/json" };
    expect((await fetch(url, { method: "POST", headers, body: '{"error_type":"network"}' })).status).toBe(200);
    expect(await (await fetch(url)).text()).toContain('genai_app_errors_total{type="network",operation="client"} 1');
    await close();
  });

  it.each([
    ["on the same registry", register],
    ["on another registry", new Registry()],
  ])("has its closers taken away by who added them %s", async (_, registry) => {
    const called: string[] = [];
    const remove = defaultAiwatch().onClose(() => void called.push("removed"));
    defaultAiwatch().onClose(() => void called.push("kept"));
    const { aiwatch } = appsOwn({ registry });
    remove();
    await aiwatch.close();
    expect(called).toEqual(["kept"]);
  });

  it("hands over what was reported of models", async () => {
    const registry = new Registry();
    const standIn = defaultAiwatch();
    standIn.reportModel("reported", { contextSize: 512, tokensPerSecond: 7 });
    const { aiwatch } = appsOwn({ registry });
    expect(aiwatch.summary().models).toContainEqual({ model: "reported", contextSize: 512, tokensPerSecond: 7 });
    expect(await registry.metrics()).toContain('genai_app_llamacpp_context_size{model="reported"} 512');
  });

  it("hands over its place in a cluster: the answer for all is of the app's registry", async () => {
    joinCluster();
    const registry = new Registry();
    const { aiwatch } = appsOwn({ registry });
    aiwatch.startInference({ model: "after" }).end({ unified: "stop" });
    const source = installedSource();
    expect(source?.registry).toBe(registry);
    const all = await source?.gather();
    const inferences = all?.find(({ name }) => name === "genai_app_inferences_total");
    expect(inferences?.values?.[0]).toMatchObject({ labels: { model: "after", finish_reason: "stop" }, value: 1 });
    expect(() => joinCluster(aiwatch)).not.toThrow();
    await aiwatch.close();
    expect(installedSource()).toBeUndefined();
  });
});

it("an app's own clock tells how long its readers wait and when its tokens came, whatever the clock of what stood in for it", () => {
  const early = defaultAiwatch().startInference({ model: "tiny" });
  early.token();
  const clock = fakeClock(1000);
  const { aiwatch } = appsOwn({ clock });
  const wait = hostOf(aiwatch).pendingWait;
  const scope = { requestId: "r1", chat: false, closed: false, arrivedAt: clock.now(), wait };
  clock.advance(1000);
  const inference = requestScopes().run(scope, () => aiwatch.startInference({ model: "tiny" }));
  inference.token(10);
  early.token(5);
  clock.advance(5000);
  const { window, series } = aiwatch.summary();
  expect([window.firstTokenMs.p50, series.tokensPerSecond]).toEqual([1000, [3]]);
  for (const one of [inference, early]) one.end({ unified: "stop" });
});
