import { type Condition, conditions } from "../observing/conditions.ts";
import { startChild } from "../processes/child-process.ts";
import type { Benchmark, Table } from "../report/table.ts";

const tokens = 16;

const names: Readonly<Record<Condition, string>> = {
  bare: "bare",
  metrics: "metrics alone",
  spans: "metrics and a sampled span",
};

/** What a process does over and over. */
interface Work {
  readonly task: "heap" | "chatHeap";
  readonly one: "inference" | "chat";
  readonly checkpoints: readonly [first: number, last: number];
}

const works = (quick: boolean): readonly Work[] => [
  { task: "heap", one: "inference", checkpoints: quick ? [2_000, 20_000] : [10_000, 100_000] },
  // the summary's window is full by the first
  { task: "chatHeap", one: "chat", checkpoints: quick ? [4_000, 8_000] : [4_000, 20_000] },
];

/** Whether the heap grows with the inferences, and with the chats, that a process has behind it. */
export const heap: Benchmark = async ({ quick, progress }) => {
  const tables: Table[] = [];
  const figures: Record<string, unknown> = {};
  for (const work of works(quick)) {
    const grown: Partial<Record<Condition, Growth>> = {};
    for (const condition of conditions) {
      progress(`heap: ${work.one}s, ${names[condition]}`);
      grown[condition] = await measureGrowth(condition, work);
    }
    tables.push(tableOf(work, grown));
    figures[`${work.one}s`] = { checkpoints: work.checkpoints, ...grown };
  }
  return {
    title: "The heap after many inferences",
    method:
      `What the heap holds after garbage collection, ${tokens} tokens an inference on an engine that computes nothing; a process each. A chat is a request ` +
      "over one of 20 connections to Express, which waits in the app's own line for one of two sessions; one of twenty is refused. After each " +
      "fifty the observer's clock steps five seconds on, so that the five minutes which the summary keeps are full before the first count.",
    tables,
    figures,
  };
};

function tableOf({ one, checkpoints }: Work, grown: Partial<Record<Condition, Growth>>): Table {
  const [first, last] = checkpoints.map((count) => count.toLocaleString("en"));
  return {
    caption: `${one[0]?.toUpperCase()}${one.slice(1)}s`,
    columns: ["", `KiB after ${first}`, `KiB after ${last}`, `bytes per ${one}`, "goal"],
    rows: conditions.map((condition) => rowOf(condition, grown[condition])),
  };
}

interface Growth {
  readonly firstBytes: number;
  readonly lastBytes: number;
  readonly bytesForOne: number;
}

/** Compiled code that was not run for half a minute is dropped, a megabyte at a time: it would hide what is kept. */
const flags = ["--no-flush-bytecode"];

async function measureGrowth(condition: Condition, { task, checkpoints: [first, last] }: Work): Promise<Growth> {
  const child = await startChild(task, condition, { flags });
  const firstBytes = await child.ask({ until: first, tokens });
  const lastBytes = await child.ask({ until: last, tokens });
  await child.stop();
  return { firstBytes, lastBytes, bytesForOne: (lastBytes - firstBytes) / (last - first) };
}

function rowOf(condition: Condition, growth: Growth | undefined): string[] {
  if (growth === undefined) return [];
  const { firstBytes, lastBytes, bytesForOne } = growth;
  const goal = condition === "bare" ? "" : "flat";
  return [
    names[condition],
    (firstBytes / 1024).toFixed(0),
    (lastBytes / 1024).toFixed(0),
    bytesForOne.toFixed(2),
    goal,
  ];
}
