import { fileURLToPath } from "node:url";
import { type RunningProcess, runNode } from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LiveDemo, startDemo } from "./test-support/live-demo.ts";

const readersFile = fileURLToPath(new URL("../demo/readers.mjs", import.meta.url));

describe("the demo's readers", () => {
  let demo: LiveDemo;
  let readers: RunningProcess;
  beforeAll(async () => {
    demo = await startDemo();
    readers = await runNode(readersFile, { env: { DEMO: `http://${demo.host}`, PACE: "0.05" } });
  });
  afterAll(async () => {
    await readers?.stop();
    await demo?.process.stop();
  });

  /** Whether a counter of the demo is above zero. */
  const counts = async (series: RegExp) => {
    const text = await (await fetch(`http://${demo.host}/metrics`)).text();
    return text.split("\n").some((line) => series.test(line) && !line.endsWith(" 0"));
  };

  it.each([
    ["read answers to their end", /^genai_app_inferences_total{.*finish_reason="stop"}/],
    ["leave in the middle of one", /^genai_app_inferences_total{.*finish_reason="aborted"}/],
    ["ask nonsense", /^genai_app_http_requests_total{.*endpoint="\/chat",status="400"}/],
    ["come as a crowd, of which some are refused", /^genai_app_admissions_total{.*outcome="refused"}/],
    ["report what a browser would", /^genai_app_client_first_token_seconds_count/],
  ])("%s", async (_what, series) => {
    await expect.poll(() => counts(series), { timeout: 120_000, interval: 250 }).toBe(true);
  });

  it("stop when they are told to", async () => {
    expect(await readers.stop()).toEqual({ code: null, signal: "SIGTERM" });
    expect(readers.stderr).toEqual([]);
  });
});
