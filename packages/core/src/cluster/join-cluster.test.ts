import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { metricsHandler } from "../routes/handlers.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { joinCluster } from "./join-cluster.ts";
import { membership } from "./member.ts";

it("a primary without workers answers for itself, until it is closed", async () => {
  const { aiwatch, diagnostics } = createTestAiwatch();
  const server = createServer(metricsHandler(aiwatch)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const scrape = async () => (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
  const alone = await scrape();
  joinCluster(aiwatch);
  joinCluster(aiwatch);
  const workers = ["answered", "silent"].map((state) => `genai_app_cluster_workers{state="${state}"} 0\n`);
  expect(await scrape()).toBe(`${alone}${workers.join("")}`);
  await aiwatch.close();
  expect(await scrape()).toBe(alone);
  expect(diagnostics).toEqual([]);
  server.close();
});

it("a process has one registry in its cluster; another may follow when that one has left", async () => {
  const [one, other] = [createTestAiwatch().aiwatch, createTestAiwatch().aiwatch];
  joinCluster(one);
  expect(() => joinCluster(other)).toThrow(expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT" }));
  await one.close();
  joinCluster(other);
  await other.close();
});

it("a disabled instance joins nothing, and a timeout that is none is refused", () => {
  joinCluster(createTestAiwatch({ disabled: true }).aiwatch);
  const invalid = expect.objectContaining({ code: "AIWATCH_INVALID_SETTING" });
  expect(() => joinCluster(createTestAiwatch().aiwatch, { timeoutMs: Number.NaN })).toThrow(invalid);
  expect(membership()).toBe(undefined);
});
