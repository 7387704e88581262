import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type ForwardProxy,
  forwardProxy,
  type OtlpReceiver,
  otlpReceiver,
  runToEnd,
  testServer,
  tlsFront,
} from "@aiwatch/testkit";
import * as sdkNode from "@opentelemetry/sdk-node";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AgentFactory, startSpan, startTracing } from "../index.ts";
import { cleanTracing, refusalOf } from "../test-support/clean-tracing.ts";
import { grpcCollector } from "../test-support/grpc-collector.ts";

cleanTracing();

const cwd = fileURLToPath(new URL("../..", import.meta.url));
const flags = ["--conditions=@aiwatch/source", "--disable-warning=ExperimentalWarning", "--input-type=module"];

let receiver: OtlpReceiver;
let proxy: ForwardProxy;
beforeEach(async () => {
  [receiver, proxy] = await Promise.all([otlpReceiver(), forwardProxy()]);
});
afterEach(async () => {
  await Promise.all([receiver.close(), proxy.close()]);
});

interface ProcessSettings {
  readonly env: Readonly<Record<string, string>>;
  readonly flag?: string;
  readonly program?: string;
}

/** A process that ends by itself, with what Node reads of proxies at its start. */
async function run(options: object, { env, flag, program = `startSpan("one").end();` }: ProcessSettings) {
  const start = `
    import { startSpan, startTracing, withSpan } from "./src/index.ts";
    const tracing = startTracing(${JSON.stringify(options)});`;
  const args = flag === undefined ? flags : [flag, ...flags];
  const { code, stdout, stderr } = await runToEnd(process.execPath, args, { cwd, env, stdin: start + program });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.trim();
}

const posted = () => `POST ${receiver.url}/v1/traces`;
const names = () => receiver.spans().map(({ name }) => name);

describe("the environment's proxy, where Node's own requests go through it", () => {
  it.each(["http/protobuf", "http/json"])("takes exports over %s", async (protocol) => {
    await run({ endpoint: receiver.url, protocol }, { env: { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxy.url } });
    expect([names(), proxy.asked]).toEqual([["one"], [posted()]]);
  });

  it("by Node's flag, too", async () => {
    await run({ endpoint: receiver.url }, { flag: "--use-env-proxy", env: { http_proxy: proxy.url } });
    expect([names(), proxy.asked]).toEqual([["one"], [posted()]]);
  });

  it("takes them to an https endpoint through CONNECT, with the certificates of the environment", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aiwatch-proxy-"));
    const secure = await tlsFront(receiver.url);
    const certificate = join(folder, "ca.pem");
    await writeFile(certificate, secure.cert);
    const proxied = { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: proxy.url };
    const env = { ...proxied, OTEL_EXPORTER_OTLP_CERTIFICATE: certificate };
    await run({ endpoint: secure.url }, { env });
    expect([names(), proxy.asked]).toEqual([["one"], [`CONNECT ${new URL(secure.url).host}`]]);
    await secure.close();
    await rm(folder, { recursive: true });
  });

  it.each<[string, Record<string, string>]>([
    ["NO_PROXY names the collector", { NODE_USE_ENV_PROXY: "1", NO_PROXY: "127.0.0.1" }],
    ["Node was not asked to use it", {}],
  ])("is passed by where %s", async (_, env) => {
    await run({ endpoint: receiver.url }, { env: { HTTP_PROXY: proxy.url, ...env } });
    expect([names(), proxy.asked]).toEqual([["one"], []]);
  });

  it("takes requests by fetch with their trace headers, which only the named origin gets", async () => {
    const seen: unknown[] = [];
    const model = await testServer((req, res) => {
      seen.push(typeof req.headers["traceparent"]);
      res.end();
    });
    const env = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxy.url };
    const options = { endpoint: receiver.url, propagateTo: [model.url] };
    await run(options, {
      env,
      program: `await withSpan("asks", async () => (await fetch("${model.url}/v1")).text());`,
    });
    expect([seen, names()]).toEqual([["string"], ["asks"]]);
    await model.close();
  });

  it("takes exports over gRPC by gRPC's own variables", async () => {
    const collector = await grpcCollector();
    vi.stubEnv("grpc_proxy", proxy.url);
    const tracing = startTracing({ endpoint: collector.endpoint, protocol: "grpc" });
    startSpan("one").end();
    await tracing.shutdown();
    expect(collector.receiver.spans()).toHaveLength(1);
    expect(proxy.asked).toEqual([`CONNECT ${collector.endpoint}`]);
    await collector.close();
  });

  it("costs nothing more where it hangs: what is lost is counted, and the process ends in time", async () => {
    const hanging = await forwardProxy({ hangs: true });
    const env = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: hanging.url };
    const program = `
      startSpan("one").end();
      const began = performance.now();
      process.on("exit", () => console.log(performance.now() - began < 4_000, tracing.dropped));`;
    const told = await run({ endpoint: receiver.url, shutdownTimeoutMs: 300 }, { env, program });
    expect([told, hanging.asked, receiver.requests]).toEqual(["true 1", [posted()], 0]);
    await hanging.close();
  });
});

describe("an agent of the app's own", () => {
  class Counting extends Agent {
    opened = 0;
    override createConnection(...args: Parameters<Agent["createConnection"]>): ReturnType<Agent["createConnection"]> {
      this.opened += 1;
      return super.createConnection(...args);
    }
  }

  it.each<[string, (agent: Agent) => Agent | AgentFactory]>([
    ["itself", (agent) => agent],
    ["by a function", (agent) => (protocol) => (protocol === "http:" ? agent : new HttpsAgent())],
    ["by one that takes its time", (agent) => async () => agent],
  ])("connects the exports, given %s", async (_, asOption) => {
    const agent = new Counting({ keepAlive: true });
    const tracing = startTracing({ endpoint: receiver.url, agent: asOption(agent) });
    for (const name of ["one", "two"]) {
      startSpan(name).end();
      await tracing.flush();
    }
    await tracing.shutdown();
    expect([names(), agent.opened, tracing.dropped]).toEqual([["one", "two"], 1, 0]);
    agent.destroy();
  });

  it("that fails costs the spans, counted, and nothing else", async () => {
    const agent = () => Promise.reject(new Error("no agent today"));
    const tracing = startTracing({ endpoint: receiver.url, agent });
    startSpan("one").end();
    await tracing.flush();
    expect([tracing.dropped, receiver.requests]).toEqual([1, 0]);
  });

  it("is one error where the exporter is too old to take one, and would quietly go its own way", () => {
    class Older {
      constructor({
        httpAgentOptions,
        keepAlive,
      }: { httpAgentOptions?: { keepAlive?: boolean }; keepAlive?: boolean }) {
        if (keepAlive !== undefined && httpAgentOptions !== undefined) httpAgentOptions.keepAlive ??= keepAlive;
      }
    }
    const sdk = {
      "@opentelemetry/sdk-node": sdkNode,
      "@opentelemetry/exporter-trace-otlp-proto": { OTLPTraceExporter: Older },
    };
    const refused = (agent: Agent | AgentFactory) =>
      refusalOf(() => startTracing({ endpoint: receiver.url, sdk, agent }));
    for (const agent of [new Agent(), () => new Agent()]) {
      expect(refused(agent)).toMatch(/^AIWATCH_MISSING_PEER: .*@opentelemetry\/sdk-node 0\.204 or newer/);
    }
  });

  it("is refused where it cannot be used", () => {
    const refused = (options: object) => refusalOf(() => startTracing({ endpoint: receiver.url, ...options }));
    expect(refused({ agent: "http://ada:canary@proxy:3128" })).toBe(
      'AIWATCH_INVALID_SETTING: the option agent is "http://***@proxy:3128", expected an agent of node:http or node:https, or a function that returns one',
    );
    expect(refused({ agent: new HttpsAgent() })).toMatch(
      /^AIWATCH_INVALID_SETTING: the option agent is an agent of node:https, expected one of node:http for an http: /,
    );
    expect(refused({ agent: new Agent(), protocol: "grpc" })).toMatch(
      /^AIWATCH_INVALID_SETTING: the option agent .* gRPC/,
    );
  });
});
