import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { metricsHandler } from "@aiwatch/core";
import { joinCluster } from "@aiwatch/core/cluster";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { expect } from "vitest";
import type { Suite } from "../../test-support/suite.ts";

/** What joining does in one process, which is its own primary. */
export const joining: Suite["tests"] = [
  {
    name: "a primary without workers answers for itself, until it is closed",
    async test() {
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
    },
  },
  {
    name: "a process has one registry in its cluster; another may follow when that one has left",
    async test() {
      const [one, other] = [createTestAiwatch().aiwatch, createTestAiwatch().aiwatch];
      joinCluster(one);
      expect(() => joinCluster(other)).toThrow(expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT" }));
      await one.close();
      joinCluster(other);
      await other.close();
    },
  },
  {
    name: "a disabled instance joins nothing, and a timeout that is none is refused",
    async test() {
      joinCluster(createTestAiwatch({ disabled: true }).aiwatch);
      const { aiwatch } = createTestAiwatch();
      const invalid = expect.objectContaining({ code: "AIWATCH_INVALID_SETTING" });
      expect(() => joinCluster(aiwatch, { timeoutMs: Number.NaN })).toThrow(invalid);
      // neither holds the place of who joins now
      const another = createTestAiwatch().aiwatch;
      joinCluster(another);
      await another.close();
    },
  },
];
