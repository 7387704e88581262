import { interleave, seededRandom } from "../measure/pairs.ts";
import { type Estimate, estimateMedian } from "../measure/statistics.ts";
import { type Child, startChild } from "../processes/child-process.ts";
import type { Benchmark } from "../report/table.ts";
import { estimateTexts } from "../report/table.ts";
import { type LogLine, type LogSubject, logSubjects } from "../tasks/log-lines-task.ts";

const names: Readonly<Record<LogLine, string>> = {
  flat: 'info({ a: 1 }, "x")',
  nested: "info({ three objects }, …)",
  message: 'info("x")',
};
const kinds = Object.keys(names) as LogLine[];

/** What a line of the app's own costs by `createLogger`, against plain pino with the ids of the span in it. */
export const logLine: Benchmark = async ({ quick, seed, progress }) => {
  const random = seededRandom(seed);
  const lines = quick ? 5_000 : 50_000;
  progress("log-line");
  const children = {} as Record<LogSubject, Child<"logLines">>;
  for (const subject of logSubjects) children[subject] = await startChild("logLines", subject);
  const figures = {} as Record<LogLine, { plain: Estimate; ours: Estimate; ratio: Estimate }>;
  for (const line of kinds) {
    const measure = (subject: LogSubject) => children[subject].ask({ line, lines });
    await interleave(logSubjects, 1, random, measure);
    const rounds = await interleave(logSubjects, quick ? 3 : 15, random, measure);
    const over = (pick: (round: (typeof rounds)[number]) => number) => estimateMedian(rounds.map(pick), random);
    figures[line] = {
      plain: over(({ plain }) => plain),
      ours: over(({ ours }) => ours),
      ratio: over(({ plain, ours }) => ours / plain),
    };
  }
  await Promise.all(logSubjects.map((subject) => children[subject].stop()));
  return {
    title: "A line of the app's own",
    method:
      `CPU time of a line inside a sampled span, each in a write of its own to the null device, ${lines.toLocaleString("en")} lines a round; ` +
      "plain pino has the span's ids by its `mixin`. A process each, taking turns. Medians, 95 % intervals over the rounds.",
    tables: [
      {
        columns: ["", "µs, plain pino", "95 %", "µs, createLogger", "95 %", "ratio", "95 %"],
        rows: kinds.map((line) => [
          names[line],
          ...estimateTexts(figures[line].plain, 2),
          ...estimateTexts(figures[line].ours, 2),
          ...estimateTexts(figures[line].ratio, 2),
        ]),
      },
    ],
    figures,
  };
};
