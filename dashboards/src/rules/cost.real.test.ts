import { catalogue } from "@aiwatch/core";
import { describeWithTool, type RunningPrometheus, startPrometheus } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { memoryIntervalSeconds } from "./alerts/memory-alerts.ts";
import { recorded, rulesFor } from "./index.ts";
import { historyOf } from "./test-support/history.ts";

const processes = 10;
const hours = 34;

/** A process of ours, and another program in the same Prometheus, each minute as long back as any rule looks at one process. */
function pastOf(index: number) {
  const past = (name: string, instance: string, stepSeconds = 60) => ({
    series: `${name}{job="chat",instance="${instance}-${index}:1"}`,
    hours,
    stepSeconds,
    valueAt: () => 1,
  });
  return [
    ...["own", "other"].flatMap((instance) =>
      ["up", "process_resident_memory_bytes", "process_start_time_seconds"].map((name) => past(name, instance)),
    ),
    past(catalogue.activeRequests.name, "own"),
    past(recorded.lastShown.name, "own"),
    past(recorded.memoryPeak.name, "own", memoryIntervalSeconds),
  ];
}

interface Answer {
  readonly status: string;
  readonly data: { readonly stats: { readonly samples: { readonly totalQueryableSamples: number } } };
}

describeWithTool("prometheus", "what an evaluation of a rule reads", () => {
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    const history = historyOf(Array.from({ length: processes }, (_, index) => pastOf(index)).flat());
    prometheus = await startPrometheus({ targets: [], history });
  }, 60_000);
  afterAll(async () => {
    await prometheus?.close();
  });

  async function samplesReadBy(promql: string): Promise<number> {
    const answer = await fetch(
      `${prometheus.url}/api/v1/query?${new URLSearchParams({ query: promql, stats: "all" })}`,
    );
    const { status, data } = (await answer.json()) as Answer;
    expect(status, promql).toBe("success");
    return data.stats.samples.totalQueryableSamples;
  }

  it("grows with our processes by 100 samples each, and every five minutes by 2,600: not by days of each program's scrapes", async () => {
    for (const { rules, interval } of rulesFor()) {
      const most = interval === `${memoryIntervalSeconds}s` ? 2600 : 100;
      for (const rule of rules) {
        const name = "alert" in rule ? rule.alert : rule.record;
        expect((await samplesReadBy(rule.expr)) / processes, name).toBeLessThan(most);
      }
    }
  });

  it("is seen by this test, where a rule reads a day", async () => {
    expect(await samplesReadBy("max_over_time(process_resident_memory_bytes[1d])")).toBeGreaterThan(2600 * processes);
  });
});
