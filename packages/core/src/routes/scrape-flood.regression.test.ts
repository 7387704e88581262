import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { expect, it } from "vitest";

interface Flooded {
  readonly grownBytes: number;
  readonly ofFlood: Readonly<Record<number, number>>;
  readonly good: readonly (readonly [status: number, bytes: number])[];
}

async function flood(...args: readonly string[]): Promise<Flooded> {
  const app = fileURLToPath(new URL("test-support/flooded-app.ts", import.meta.url));
  const flags = ["--expose-gc", "--conditions=@aiwatch/source", "--no-warnings"];
  const { stdout, stderr } = await runToEnd(process.execPath, [...flags, app, ...args], { timeoutMs: 50_000 });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

// texts of 280 kB, and of 6 MB: more than the kernel takes of one connection
it.each([
  ["2,000 pipelined scrapes", ["pipelined", "2000", "/metrics", "1"]],
  ["2,000 scrapes in streams of HTTP/2", ["streams", "2000", "/metrics", "1"]],
  ["500 connections with long texts", ["connections", "500", "/metrics", "600"]],
  ["2,000 pipelined requests for the summary", ["pipelined", "2000", "/metrics/summary", "1"]],
  ["2,000 pipelined requests for the readiness", ["pipelined", "2000", "/readiness", "1"]],
  ["2,000 pipelined requests for the health", ["pipelined", "2000", "/health", "1"]],
])("%s that nobody reads hold less than 20 MB, and who reads is served after a moment", async (_what, args) => {
  const { grownBytes, ofFlood, good } = await flood(...args);
  expect(grownBytes).toBeLessThan(20e6);
  expect(["200", "503"]).toEqual(expect.arrayContaining(Object.keys(ofFlood)));
  expect(good.at(-1)).toEqual([200, expect.any(Number)]);
  expect(good.at(-1)?.[1]).toBeGreaterThan(250_000);
});
