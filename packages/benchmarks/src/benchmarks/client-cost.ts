import { interleave, type Random, seededRandom } from "../measure/pairs.ts";
import { type Estimate, estimateMedian, median } from "../measure/statistics.ts";
import { type Condition, conditions } from "../observing/conditions.ts";
import { type Child, startChild } from "../processes/child-process.ts";
import { type Benchmark, estimateTexts } from "../report/table.ts";
import type { CallsBlock } from "../tasks/client-task.ts";

/** Answers of two lengths: the line through their times is a cost per call and a cost per chunk. */
const short = { chunks: 8, calls: 300 };
const long = { chunks: 512, calls: 20 };

/** Until all is compiled: what an inference costs falls for its first 20,000 times. */
const warmUp = { chunks: 4, calls: 30_000 };

const goals = { chunk: "≤ 3", call: "≤ 60" };

/** Of one condition, in one round: microseconds. */
interface Line {
  readonly chunk: number;
  readonly call: number;
}

/** What observing adds to a chunk and to a call of a model server's client. */
export const clientCost: Benchmark = async (settings) => {
  const random = seededRandom(settings.seed);
  const processes = settings.quick ? 3 : 9;
  const measured: Record<Condition, Line>[] = [];
  for (let process = 0; process < processes; process += 1) {
    settings.progress(`client-cost: processes ${process + 1} of ${processes}`);
    measured.push(await measureProcesses(settings.quick ? 3 : 7, random));
  }
  const figures = Object.fromEntries(
    conditions.map((condition) => [condition, estimated(measured, condition, random)]),
  ) as unknown as Record<Condition, Record<keyof Line, Estimate>>;
  return {
    title: "What observing adds to a chunk and to a call of a model server's client",
    method:
      "CPU time of streamed chat completions in memory, an event of llama-server in each chunk, read as OpenAI's client reads them: " +
      `${long.chunks} chunks against ${short.chunks}, after ${warmUp.calls.toLocaleString("en")} calls. A process for each condition, ${processes} times anew, taking turns. ` +
      "Medians, 95 % intervals over the processes.",
    tables: [
      {
        columns: ["", "µs per chunk", "95 %", "goal", "µs per call", "95 %", "goal"],
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

async function measureProcesses(rounds: number, random: Random): Promise<Record<Condition, Line>> {
  const children = {} as Record<Condition, Child<"client">>;
  for (const condition of conditions) children[condition] = await startChild("client", condition);
  await interleave(conditions, 1, random, (condition) => children[condition].ask(warmUp));
  await interleave(conditions, 1, random, (condition) => measureLine(children[condition]));
  const lines = await interleave(conditions, rounds, random, (condition) => measureLine(children[condition]));
  await Promise.all(conditions.map((condition) => children[condition].stop()));
  const medianOf = (condition: Condition) => ({
    chunk: median(lines.map((line) => line[condition].chunk)),
    call: median(lines.map((line) => line[condition].call)),
  });
  return { bare: medianOf("bare"), metrics: medianOf("metrics"), spans: medianOf("spans") };
}

async function measureLine(child: Child<"client">): Promise<Line> {
  const perCall = async (block: CallsBlock) => (await child.ask(block)).cpuMicros / block.calls;
  const [ofShort, ofLong] = [await perCall(short), await perCall(long)];
  const chunk = (ofLong - ofShort) / (long.chunks - short.chunks);
  return { chunk, call: ofShort - chunk * short.chunks };
}

/** The bare client's own figures, and what the others add to them. */
function estimated(measured: readonly Record<Condition, Line>[], condition: Condition, random: Random) {
  const over = (figure: keyof Line) =>
    estimateMedian(
      measured.map((lines) => lines[condition][figure] - (condition === "bare" ? 0 : lines.bare[figure])),
      random,
    );
  return { chunk: over("chunk"), call: over("call") };
}

function rowOf(name: string, { chunk, call }: Record<keyof Line, Estimate>, hasGoal: boolean): string[] {
  return [
    name,
    ...estimateTexts(chunk, 2),
    hasGoal ? goals.chunk : "",
    ...estimateTexts(call, 1),
    hasGoal ? goals.call : "",
  ];
}
