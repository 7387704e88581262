import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Registry } from "prom-client";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { adapterOf } from "../adapter/host.ts";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { mostFaults } from "../base/diagnostics.ts";
import { AiwatchError } from "../base/errors.ts";
import { inventory } from "../base/process-wide.ts";
import { aiwatchNode } from "../doors/node.ts";
import { createAiwatch } from "../index.ts";
import { createOwnRoutes } from "../routes/own-routes.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { diagnosticsOf } from "./answer.ts";
import { type DiagnosticsHandlerOptions, diagnosticsHandler, diagnosticsRoute } from "./index.ts";

beforeEach(() => {
  const { doors, engines, faults } = inventory();
  for (const noted of [doors, engines, faults]) noted.clear();
});

const read = async (aiwatch = createTestAiwatch().aiwatch) => await diagnosticsOf(hostOf(aiwatch));
const authorize = () => true;

describe("the route", () => {
  it.each([
    ["without authorize", { diagnostics: diagnosticsRoute() }, "expected the option authorize beside it"],
    ["with public alone", { diagnostics: diagnosticsRoute(), public: true }, "expected the option authorize beside it"],
    [
      "without what serves it",
      { routes: { diagnostics: true }, authorize },
      "the option diagnostics: diagnosticsRoute",
    ],
    ["by what serves nothing", { diagnostics: {} as never, authorize }, "expected what diagnosticsRoute() of"],
  ])("is refused at the mount %s", (_, options, says) => {
    const { aiwatch } = createTestAiwatch();
    expect(() => createOwnRoutes(hostOf(aiwatch), options)).toThrow(
      expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message: expect.stringContaining(says) }),
    );
  });

  it("is off where it is false, whatever serves it", () => {
    const options = { routes: { diagnostics: false }, diagnostics: diagnosticsRoute() };
    const routes = createOwnRoutes(hostOf(createTestAiwatch().aiwatch), options);
    expect(routes.among(["GET"]).map(({ path }) => path)).not.toContain("/metrics/diagnostics");
  });
});

describe("the handler", () => {
  it.each([undefined, {}, { authorize: "everyone" }])("is refused with %o for its options", (options) => {
    const { aiwatch } = createTestAiwatch();
    expect(() => diagnosticsHandler(aiwatch, options as DiagnosticsHandlerOptions)).toThrow(/authorize/);
  });

  it("answers whoever is authorized", async () => {
    const { aiwatch } = createTestAiwatch({ service: "svc" });
    const handler = diagnosticsHandler(aiwatch, { authorize: (req, route) => req.url === `/${route}` });
    const server = createServer(handler).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const get = (path: string) => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    expect((await get("/other")).status).toBe(403);
    expect(await (await get("/diagnostics")).json()).toMatchObject({ schema: 1, service: "svc", aiwatch: "0.0.0" });
  });
});

describe("the answer", () => {
  it("has every setting with where it came from: the option, the variable that was set, the default, or nobody's reading", async () => {
    vi.stubEnv("AIWATCH_SLO_LATENCY_MS", "9000");
    vi.stubEnv("OTEL_SERVICE_NAME", "by-otel");
    vi.stubEnv("AIWATCH_DRAIN_MS", "5");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { settings } = await read(createTestAiwatch({ slo: { firstTokenMs: 321 } }).aiwatch);
    const setting = (name: string) => settings.find((row) => row.package === "@aiwatch/core" && row.name === name);
    const last = (name: string) => setting(name)?.readings.at(-1);
    expect(last("firstTokenMs")).toEqual({ from: "option", value: 321 });
    expect(last("latencyMs")).toEqual({ from: "variable", variable: "AIWATCH_SLO_LATENCY_MS", value: 9000 });
    expect(last("service")).toEqual({ from: "variable", variable: "OTEL_SERVICE_NAME", value: "by-otel" });
    expect(last("abandonedAfterMs")).toEqual({ from: "default", value: 30_000 });
    expect(last("timePerOutputTokenMs")).toEqual({ from: "default" });
    // only handleSignals() reads it
    expect(setting("drainMs")).toEqual({
      package: "@aiwatch/core",
      name: "drainMs",
      option: "drainMs",
      variables: ["AIWATCH_DRAIN_MS"],
      set: ["AIWATCH_DRAIN_MS"],
      readings: [],
    });
  });

  it("counts doors of one kind together, and has their options by name alone", async () => {
    const { aiwatch } = createTestAiwatch();
    const mount = () =>
      aiwatchNode(() => {}, aiwatch, { userOf: () => "ada", routes: { metrics: "/m", health: false } });
    mount();
    mount();
    aiwatchNode(() => {}, aiwatch, { routes: false });
    expect((await read(aiwatch)).doors).toEqual([
      {
        framework: "node:http",
        options: ["userOf", "routes"],
        routes: ["/m", "/metrics/summary", "/readiness", "/livez", "/readyz"],
        mounts: 2,
      },
      { framework: "node:http", options: ["routes"], routes: [], mounts: 1 },
    ]);
  });

  it("names the engines that adapters observe, with their versions", async () => {
    const { aiwatch } = createTestAiwatch();
    adapterOf(aiwatch, { name: "my-engine" }).reportVersion("my-engine", "1.2.3");
    const { adapters, engineVersions } = await read(aiwatch);
    expect([adapters, engineVersions]).toEqual([["my-engine"], { "my-engine": "1.2.3" }]);
  });

  it("has the latest kinds of faults, the latest first, counted, without their messages", async () => {
    const { aiwatch } = createTestAiwatch();
    const { diagnostics } = hostOf(aiwatch);
    const secret = "what the user asked";
    for (let kind = 0; kind < mostFaults + 5; kind += 1)
      for (let time = 0; time <= kind; time += 1) diagnostics.fault("route", `kind ${kind}`, new TypeError(secret));
    diagnostics.fault("observer", "kind 7", secret);
    diagnostics.fault("route", "kind 22", new TypeError(secret));
    const { faults } = await read(aiwatch);
    expect(faults).toHaveLength(mostFaults);
    expect(faults[0]).toEqual({
      source: "route",
      what: "kind 22",
      error: expect.stringMatching(/^TypeError at .*diagnostics\.test\.ts/),
      count: 24,
      lastMsAgo: expect.any(Number),
    });
    expect(faults.slice(1, 3).map(({ what, count }) => [what, count])).toEqual([
      ["kind 7", 1],
      ["kind 24", 25],
    ]);
    expect(JSON.stringify(faults)).not.toContain(secret);
  });

  it("has each reason why a model server cannot be read, in AIWatch's own words, and counts none of them", async () => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const registry = new Registry();
    const aiwatch = createAiwatch({ registry });
    const reasons = ["the model server main answers late", "the model server main refuses the key"];
    for (const reason of [...reasons, ...reasons]) {
      const error = new AiwatchError("AIWATCH_MODEL_SERVER", reason);
      hostOf(aiwatch).diagnostics.outside("adapter", "reading a model server", error);
    }
    expect((await read(aiwatch)).faults.map(({ error, count }) => [error, count])).toEqual([
      [reasons[1], 2],
      [reasons[0], 2],
    ]);
    expect(warnings.mock.calls.map(([text]) => text)).toEqual(
      reasons.map((reason) =>
        expect.stringContaining(`reading a model server failed: ${reason}. It is no fault of AIWatch's`),
      ),
    );
    expect(await registry.metrics()).toContain('genai_app_telemetry_errors_total{source="adapter"} 0');
    warnings.mockRestore();
  });

  it("has a fault whose error cannot be looked at", async () => {
    const { aiwatch } = createTestAiwatch();
    const hostile = Object.defineProperty(new RangeError("x"), "stack", { get: () => expect.unreachable() });
    hostOf(aiwatch).diagnostics.fault("route", "a test", hostile);
    expect((await read(aiwatch)).faults).toMatchObject([
      { source: "route", what: "a test", error: "RangeError", count: 1 },
    ]);
  });

  it("says whose registry it is", async () => {
    const own = await read(createTestAiwatch().aiwatch);
    expect(own.registry).toEqual({ isGlobal: false, isOfOwnCopy: true });
    // of another copy of prom-client: it has the same methods, and another class
    const registry = new Registry();
    const foreign = Object.setPrototypeOf(Object.assign({}, registry), { ...methodsOf(registry) }) as Registry;
    expect((await read(createAiwatch({ registry: foreign }))).registry).toEqual({
      isGlobal: false,
      isOfOwnCopy: false,
    });
  });

  it("has each copy of core that is loaded, what they share, and the API of OpenTelemetry", async () => {
    vi.resetModules();
    const there = await import("../index.ts");
    expect(there.createAiwatch).not.toBe(createAiwatch);
    const { trace } = await import("@opentelemetry/api");
    trace.setGlobalTracerProvider({ getTracer: () => trace.getTracer("none") });
    onTestFinished(() => trace.disable());
    const { copies, settings } = await read();
    expect(copies.core.length).toBeGreaterThanOrEqual(2);
    expect(new Set(copies.core)).toEqual(new Set(["0.0.0"]));
    expect(copies.slots).toContain("@aiwatch/core/inventory/1");
    expect(copies.openTelemetryApis).toEqual([{ global: "1", version: expect.stringMatching(/^1\.9\./) }]);
    expect(settings.filter(({ name }) => name === "latencyMs")).toHaveLength(1);
  });

  it("has the versions of what is installed", async () => {
    const { packages, process: facts } = await read();
    expect(packages.find(({ name }) => name === "prom-client")?.copies).toContainEqual(
      expect.objectContaining({ version: "15.1.3" }),
    );
    expect(facts).toMatchObject({ node: process.versions.node, platform: process.platform, arch: process.arch });
  });
});

function methodsOf(registry: Registry): object {
  const names = Object.getOwnPropertyNames(Registry.prototype).filter((name) => name !== "constructor");
  return Object.fromEntries(names.map((name) => [name, Reflect.get(registry, name)]));
}
