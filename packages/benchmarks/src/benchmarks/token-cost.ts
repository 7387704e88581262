import { interleave, type Random, seededRandom } from "../measure/pairs.ts";
import { type Estimate, estimateMedian, median } from "../measure/statistics.ts";
import { type Condition, conditions } from "../observing/conditions.ts";
import { type Child, startChild } from "../processes/child-process.ts";
import type { Benchmark } from "../report/table.ts";
import { estimateTexts } from "../report/table.ts";
import type { PromptsBlock } from "../tasks/engine-tasks.ts";

/** Answers of two lengths: the line through their times is a cost per inference and a cost per token. */
const short = { tokens: 16, inferences: 1500 };
const long = { tokens: 1024, inferences: 80 };

/** What a process that has just started pays. */
const firstBlock = { tokens: 16, inferences: 200 };

/** Until all is compiled: what an inference costs falls for its first 20,000 times. */
const warmUp = { tokens: 2, inferences: 30_000 };

/** And lines until the longer answers are compiled, too. */
const warmUpLines = 12;

/** Of one condition, in one round. */
interface Line {
  readonly tokenNanos: number;
  /** Where the line begins: what an inference would cost that has no token. */
  readonly inferenceMicros: number;
  /** A whole short answer, as it was measured. */
  readonly shortMicros: number;
}

const goals = { tokenNanos: "≤ 250", inferenceMicros: "≤ 25" };

/** What observing adds to a token and to an inference of an engine that computes nothing. */
export const tokenCost: Benchmark = async (settings) => {
  const random = seededRandom(settings.seed);
  const processes = settings.quick ? 3 : 9;
  const measured: Measured[] = [];
  for (let process = 0; process < processes; process += 1) {
    settings.progress(`token-cost: processes ${process + 1} of ${processes}`);
    measured.push(await measureProcesses(settings.quick ? 3 : 5, random));
  }
  const figures = eachCondition((condition) => estimated(measured, condition, random));
  return {
    title: "What observing adds to a token and to an inference",
    method:
      `CPU time on an engine that computes nothing: ${long.tokens} tokens against ${short.tokens}, after ` +
      `${warmUp.inferences.toLocaleString("en")} inferences; and the first ${firstBlock.inferences} of a process, which are not compiled yet. ` +
      `A process for each condition, ${processes} times anew, taking turns. Medians, 95 % intervals over the processes.`,
    tables: [
      {
        columns: [
          ...["", "ns per token", "95 %", "goal", "µs per inference", "95 %", "goal"],
          ...[`µs per answer of ${short.tokens} tokens`, "95 %", "µs, the first", "95 %"],
        ],
        rows: [
          rowOf("bare", figures.bare, false),
          rowOf("added by metrics alone", figures.metrics, false),
          rowOf("added by metrics and a sampled span", figures.spans, true),
        ],
      },
    ],
    figures,
  };
};

/** What three processes measured. */
interface Measured {
  readonly lines: Record<Condition, Line>;
  /** Microseconds of each of the first inferences of a process, before they are compiled. */
  readonly firstMicros: Record<Condition, number>;
}

/** One process for each condition, all alive at once and taking turns. */
async function measureProcesses(rounds: number, random: Random): Promise<Measured> {
  const children = {} as Record<Condition, Child<"prompts">>;
  for (const condition of conditions) children[condition] = await startChild("prompts", condition);
  const first = await interleave(conditions, 1, random, (condition) =>
    measureInference(children[condition], firstBlock),
  );
  await interleave(conditions, 1, random, (condition) => children[condition].ask(warmUp));
  await interleave(conditions, warmUpLines, random, (condition) => measureLine(children[condition]));
  const measured = await interleave(conditions, rounds, random, (condition) => measureLine(children[condition]));
  await Promise.all(conditions.map((condition) => children[condition].stop()));
  return {
    lines: eachCondition((condition) => lineOf(measured, condition)),
    firstMicros: first[0] ?? eachCondition(() => Number.NaN),
  };
}

/** By differences from the bare one of the same round. */
function lineOf(measured: readonly Record<Condition, Line>[], condition: Condition): Line {
  const of = (figure: keyof Line) =>
    median(measured.map((round) => round.bare[figure])) +
    median(measured.map((round) => round[condition][figure] - round.bare[figure]));
  return { tokenNanos: of("tokenNanos"), inferenceMicros: of("inferenceMicros"), shortMicros: of("shortMicros") };
}

function eachCondition<Value>(pick: (condition: Condition) => Value): Record<Condition, Value> {
  return { bare: pick("bare"), metrics: pick("metrics"), spans: pick("spans") };
}

async function measureInference(child: Child<"prompts">, block: PromptsBlock): Promise<number> {
  return (await child.ask(block)).cpuMicros / block.inferences;
}

async function measureLine(child: Child<"prompts">): Promise<Line> {
  const shortMicros = await measureInference(child, short);
  const longMicros = await measureInference(child, long);
  const tokenMicros = (longMicros - shortMicros) / (long.tokens - short.tokens);
  return { tokenNanos: tokenMicros * 1000, inferenceMicros: shortMicros - tokenMicros * short.tokens, shortMicros };
}

/** The bare one's own figures, and what the others add to them. */
type Estimated = Readonly<Record<keyof Line | "firstMicros", Estimate>>;

function estimated(measured: readonly Measured[], condition: Condition, random: Random): Estimated {
  const over = (pick: (process: Measured, condition: Condition) => number) =>
    estimateMedian(
      measured.map((process) => pick(process, condition) - (condition === "bare" ? 0 : pick(process, "bare"))),
      random,
    );
  return {
    tokenNanos: over(({ lines }, name) => lines[name].tokenNanos),
    inferenceMicros: over(({ lines }, name) => lines[name].inferenceMicros),
    shortMicros: over(({ lines }, name) => lines[name].shortMicros),
    firstMicros: over(({ firstMicros }, name) => firstMicros[name]),
  };
}

function rowOf(name: string, figures: Estimated, hasGoal: boolean): string[] {
  const { tokenNanos, inferenceMicros, shortMicros, firstMicros } = figures;
  return [
    name,
    ...estimateTexts(tokenNanos, 0),
    hasGoal ? goals.tokenNanos : "",
    ...estimateTexts(inferenceMicros, 1),
    hasGoal ? goals.inferenceMicros : "",
    ...estimateTexts(shortMicros, 1),
    ...estimateTexts(firstMicros, 0),
  ];
}
