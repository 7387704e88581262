import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import { interleave, type Random, seededRandom } from "../measure/pairs.ts";
import { type Estimate, estimateMedian, median } from "../measure/statistics.ts";
import { type Condition, conditions } from "../observing/conditions.ts";
import { type Child, startChild } from "../processes/child-process.ts";
import { type Benchmark, estimateTexts } from "../report/table.ts";
import type { PromptsBlock } from "../tasks/engine-tasks.ts";

/** A round is one of each. */
const blocks = {
  twoTokens: { tokens: 2, inferences: 2000 },
  short: { tokens: 16, inferences: 1500 },
  long: { tokens: 1024, inferences: 60 },
} as const satisfies Readonly<Record<string, PromptsBlock>>;

type BlockName = keyof typeof blocks;

/** Until all is compiled. */
const warmUp: readonly PromptsBlock[] = [
  { tokens: 2, inferences: 30_000 },
  { tokens: 16, inferences: 10_000 },
  { tokens: 1024, inferences: 200 },
];

const checkouts = ["before", "now"] as const;
const subjects = checkouts.flatMap((checkout) => conditions.map((condition) => `${checkout} ${condition}` as const));
type Checkout = (typeof checkouts)[number];
type Subject = (typeof subjects)[number];

/** Microseconds of CPU of an inference, the mean of all rounds of a process. */
type Means = Record<Subject, Record<BlockName, number>>;

/** What is compared: microseconds that a condition adds. */
const figures = {
  "an answer of 2 tokens, µs": (added: Added) => added("twoTokens"),
  "an answer of 16 tokens, µs": (added: Added) => added("short"),
  "a token, ns": (added: Added) =>
    (1000 * (added("long") - added("short"))) / (blocks.long.tokens - blocks.short.tokens),
} as const;

type Added = (block: BlockName) => number;

/**
 * What observing adds to a token and to an inference, here and in another checkout of the repository, in one run: two runs on a shared machine
 * differ by more than most changes.
 * @param other the other checkout, built
 */
export function tokenChange(other: string): Benchmark {
  return async (settings) => {
    const script = await builtChild(other);
    const random = seededRandom(settings.seed);
    const processes = settings.quick ? 2 : 10;
    const measured: Means[] = [];
    for (let process = 0; process < processes; process += 1) {
      settings.progress(`against ${other}: processes ${process + 1} of ${processes}`);
      measured.push(await measureProcesses(script, settings.quick ? 3 : 12, random));
    }
    const compared = (["metrics", "spans"] as const).flatMap((condition) =>
      Object.entries(figures).map(([figure, of]) => {
        const added = (checkout: Checkout) => measured.map((means) => of(addedBy(means, checkout, condition)));
        return { condition, figure, ...compare(added("before"), added("now"), random) };
      }),
    );
    return {
      title: "What a change did to a token and to an inference",
      method:
        `CPU time of all threads, the collector's too, that observing adds on an engine that computes nothing: here, and in ${resolve(other)}. ` +
        `A process for each condition and checkout, ${processes} times anew, taking turns; the mean of a process's rounds. Medians over the ` +
        "processes, the difference with its 95 % interval.",
      tables: [{ columns: ["added", "before", "now", "difference", "95 %"], rows: compared.map(rowOf) }],
      figures: { compared },
    };
  };
}

/** @throws Error where it is no built checkout */
async function builtChild(other: string): Promise<string> {
  const script = resolve(join(other, "packages/benchmarks/dist/child.js"));
  await access(script).catch(() => {
    throw new Error(
      `--against is ${JSON.stringify(other)}: there is no ${script}; give a checkout, after npm ci && npm run build in it`,
    );
  });
  return script;
}

async function measureProcesses(script: string, rounds: number, random: Random): Promise<Means> {
  const children = {} as Record<Subject, Child<"prompts">>;
  for (const subject of subjects) {
    const [checkout, condition] = subject.split(" ") as [Checkout, Condition];
    children[subject] = await startChild("prompts", condition, checkout === "before" ? { script } : {});
  }
  for (const block of warmUp) await interleave(subjects, 1, random, (subject) => children[subject].ask(block));
  const measured = await interleave(subjects, rounds, random, (subject) => measureBlocks(children[subject]));
  await Promise.all(subjects.map((subject) => children[subject].stop()));
  const meansOf = (subject: Subject) => {
    const of = (name: BlockName) => mean(measured.map((round) => round[subject][name]));
    return { twoTokens: of("twoTokens"), short: of("short"), long: of("long") };
  };
  return Object.fromEntries(subjects.map((subject) => [subject, meansOf(subject)])) as Means;
}

async function measureBlocks(child: Child<"prompts">): Promise<Record<BlockName, number>> {
  const of = async (name: BlockName) => (await child.ask(blocks[name])).cpuMicros / blocks[name].inferences;
  return { twoTokens: await of("twoTokens"), short: await of("short"), long: await of("long") };
}

/** A median would leave out the blocks in which the collector worked. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function addedBy(means: Means, checkout: Checkout, condition: Condition): Added {
  return (block) => means[`${checkout} ${condition}`][block] - means[`${checkout} bare`][block];
}

interface Compared {
  readonly before: number;
  readonly now: number;
  readonly difference: Estimate;
}

function compare(before: readonly number[], now: readonly number[], random: Random): Compared {
  const differences = now.map((value, process) => value - (before[process] ?? Number.NaN));
  return { before: median(before), now: median(now), difference: estimateMedian(differences, random) };
}

function rowOf({
  condition,
  figure,
  before,
  now,
  difference,
}: Compared & { condition: Condition; figure: string }): string[] {
  const decimals = figure.endsWith("ns") ? 0 : 1;
  const by = condition === "metrics" ? "by metrics alone" : "by metrics and a sampled span";
  return [
    `${by}, to ${figure}`,
    before.toFixed(decimals),
    now.toFixed(decimals),
    ...estimateTexts(difference, decimals),
  ];
}
