import { fileURLToPath } from "node:url";
import { closedAddress, runToEnd, testServer } from "@aiwatch/testkit";
import { describe, expect, it } from "vitest";
import { grpcCollector } from "../test-support/grpc-collector.ts";

const cwd = fileURLToPath(new URL("../..", import.meta.url));

interface Ended {
  /** How long the shutdown took, milliseconds. */
  readonly shutdown: number;
  /** How long the process lived on. */
  readonly rest: number;
  readonly dropped: number;
  /** What keeps it alive when the shutdown has returned. */
  readonly timers: number;
}

/** What becomes of a process that sends a span and has nothing else to do after its shutdown. */
async function endOf(endpoint: string, protocol: string): Promise<Ended> {
  const program = `
    import { startSpan, startTracing } from "./src/index.ts";
    const tracing = startTracing(${JSON.stringify({ endpoint, protocol, shutdownTimeoutMs: 300 })});
    startSpan("x").end();
    const began = performance.now();
    await tracing.shutdown();
    const returned = performance.now();
    const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    process.on("exit", () => {
      const { dropped } = tracing;
      console.log(JSON.stringify({ shutdown: returned - began, rest: performance.now() - returned, dropped, timers }));
    });`;
  const flags = ["--conditions=@aiwatch/source", "--disable-warning=ExperimentalWarning", "--input-type=module"];
  const { code, stdout, stderr } = await runToEnd(process.execPath, flags, { cwd, stdin: program });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

// an export is given up after 10 s by itself
describe("after the shutdown nothing keeps the process alive", () => {
  it.each(["http/protobuf", "http/json"])("not a collector that hangs, over %s", async (protocol) => {
    const hanging = await testServer(() => undefined);
    const { shutdown, rest, dropped } = await endOf(hanging.url, protocol);
    await hanging.close();
    expect(shutdown).toBeLessThan(4_000);
    expect(rest).toBeLessThan(4_000);
    expect(dropped).toBe(1);
  });

  it("nor one over grpc", async () => {
    const hanging = await grpcCollector(false);
    const { shutdown, rest, dropped } = await endOf(hanging.endpoint, "grpc");
    await hanging.close();
    expect(shutdown).toBeLessThan(4_000);
    expect(rest).toBeLessThan(4_000);
    expect(dropped).toBe(1);
  });

  it("nor the pause before the next attempt at one that is down", async () => {
    const { shutdown, rest, dropped, timers } = await endOf(closedAddress, "http/protobuf");
    expect(shutdown).toBeLessThan(4_000);
    expect(rest).toBeLessThan(4_000);
    expect([dropped, timers]).toEqual([1, 0]);
  });
});
