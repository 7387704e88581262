import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  closedAddress,
  describeWithTool,
  needTool,
  type OtlpReceiver,
  otlpReceiver,
  type RunningProcess,
  runToEnd,
  startProcess,
} from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

const config = fileURLToPath(new URL("../collector/collector.yaml", import.meta.url));

async function changed(from: string, to: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-collector-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const text = await readFile(config, "utf8");
  expect(text).toContain(from);
  const copy = join(folder, "collector.yaml");
  await writeFile(copy, text.replace(from, to));
  return copy;
}

/** The configuration as it is but for its addresses, and with a decision that comes at once. */
async function startCollector(file: string, backEnd: string): Promise<RunningProcess> {
  const changes = {
    "receivers::otlp::protocols::http::endpoint": "127.0.0.1:0",
    "receivers::otlp::protocols::grpc::endpoint": "127.0.0.1:0",
    "processors::tail_sampling::decision_wait": "1s",
    "exporters::otlp_http::endpoint": backEnd,
    "service::telemetry::metrics::level": "none",
    "service::telemetry::logs::encoding": "json",
  };
  const { otelcol } = await needTool("collector");
  const overrides = Object.entries(changes).flatMap(([path, value]) => ["--config", `yaml:${path}: ${value}`]);
  return startProcess(otelcol, ["--config", file, ...overrides]);
}

interface Kind {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, number>>;
  readonly failed?: boolean;
}

const digest = (text: string, digits: number) => createHash("sha256").update(text).digest("hex").slice(0, digits);

/** Traces of one span, with ids that are the same in every run: which are one in ten is decided by the id. */
function traces({ name, attributes = {}, failed = false }: Kind, count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    traceId: digest(`trace ${name} ${index}`, 32),
    spanId: digest(`span ${name} ${index}`, 16),
    name,
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now() + 1}000000`,
    attributes: Object.entries(attributes).map(([key, doubleValue]) => ({ key, value: { doubleValue } })),
    status: failed ? { code: 2 } : {},
  }));
}

describeWithTool("collector", "the Collector", () => {
  it("accepts its configuration", async () => {
    const { otelcol } = await needTool("collector");
    expect(await runToEnd(otelcol, ["validate", "--config", config])).toMatchObject({ code: 0, stderr: "" });
  });

  it("refuses a processor that is misspelt", async () => {
    const { otelcol } = await needTool("collector");
    const { code, stderr } = await runToEnd(otelcol, [
      "validate",
      "--config",
      await changed("tail_sampling:", "tail_samplin:"),
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("unknown type");
  });

  it("refuses a condition that is none, as soon as it starts", async () => {
    const wrong = await startCollector(
      await changed('first_token_time"] >', 'first_token_time"] >>'),
      `http://${closedAddress}`,
    );
    expect((await wrong.exit).code).toBe(1);
    expect(wrong.stderr.join()).toContain("condition has invalid syntax");
  });

  describe("on the way to a back end", () => {
    let backEnd: OtlpReceiver;
    let collector: RunningProcess;
    const firstToken = "aiwatch.request.first_token_time";
    const firstChunk = "gen_ai.response.time_to_first_chunk";
    const kinds: readonly Kind[] = [
      { name: "failed", failed: true },
      { name: "late", attributes: { [firstToken]: 2.01 } },
      { name: "slow", attributes: { [firstChunk]: 2.5 } },
      { name: "quick", attributes: { [firstToken]: 2, [firstChunk]: 1.9 } },
      { name: "plain" },
    ];
    const each = 400;

    beforeAll(async () => {
      backEnd = await otlpReceiver();
      collector = await startCollector(config, backEnd.url);
      const [, port] = await collector.waitForLine(
        /"msg":"Starting HTTP server".*"endpoint":"127\.0\.0\.1:(\d+)"/,
        30_000,
      );
      await collector.waitForLine(/Everything is ready/, 30_000);
      const spans = kinds.flatMap((kind) => traces(kind, each));
      const response = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
      });
      expect(response.status).toBe(200);
      const countOf = (all: readonly { name: string }[], name: string) =>
        all.filter((span) => span.name === name).length;
      await backEnd.waitForSpans((all) => ["failed", "late", "slow"].every((name) => countOf(all, name) === each));
      // what it has not decided yet it decides now
      await collector.stop();
    });
    afterAll(async () => {
      await collector?.stop("SIGKILL");
      await backEnd?.close();
    });
    const kept = (name: string) => backEnd.spans().filter((span) => span.name === name).length;

    it.each(["failed", "late", "slow"])("keeps each trace that is %s", (name) => {
      expect(kept(name)).toBe(each);
    });

    it.each(["quick", "plain"])("keeps one in ten of the %s ones", (name) => {
      expect(kept(name)).toBeGreaterThan(each * 0.05);
      expect(kept(name)).toBeLessThan(each * 0.15);
    });
  });
});
