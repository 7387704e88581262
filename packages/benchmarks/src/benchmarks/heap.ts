import { type Condition, conditions } from "../observing/conditions.ts";
import { startChild } from "../processes/child-process.ts";
import type { Benchmark } from "../report/table.ts";

const tokens = 16;

const names: Readonly<Record<Condition, string>> = {
  bare: "bare",
  metrics: "metrics alone",
  spans: "metrics and a sampled span",
};

/** Whether the heap grows with the inferences that a process has behind it. */
export const heap: Benchmark = async ({ quick, progress }) => {
  const checkpoints = quick ? ([2_000, 20_000] as const) : ([10_000, 100_000] as const);
  const grown: Partial<Record<Condition, Growth>> = {};
  for (const condition of conditions) {
    progress(`heap: ${names[condition]}`);
    grown[condition] = await measureGrowth(condition, checkpoints);
  }
  const [first, last] = checkpoints.map((count) => count.toLocaleString("en"));
  return {
    title: "The heap after many inferences",
    method: `What the heap holds after garbage collection, ${tokens} tokens an inference on an engine that computes nothing; a process each.`,
    tables: [
      {
        columns: ["", `KiB after ${first}`, `KiB after ${last}`, "bytes per inference", "goal"],
        rows: conditions.map((condition) => rowOf(condition, grown[condition])),
      },
    ],
    figures: { checkpoints, ...grown },
  };
};

interface Growth {
  readonly firstBytes: number;
  readonly lastBytes: number;
  readonly bytesPerInference: number;
}

async function measureGrowth(condition: Condition, [first, last]: readonly [number, number]): Promise<Growth> {
  const child = await startChild("heap", condition);
  const firstBytes = await child.ask({ until: first, tokens });
  const lastBytes = await child.ask({ until: last, tokens });
  await child.stop();
  return { firstBytes, lastBytes, bytesPerInference: (lastBytes - firstBytes) / (last - first) };
}

function rowOf(condition: Condition, growth: Growth | undefined): string[] {
  if (growth === undefined) return [];
  const { firstBytes, lastBytes, bytesPerInference } = growth;
  const goal = condition === "bare" ? "" : "flat";
  return [
    names[condition],
    (firstBytes / 1024).toFixed(0),
    (lastBytes / 1024).toFixed(0),
    bytesPerInference.toFixed(2),
    goal,
  ];
}
