import { quantile } from "../measure/statistics.ts";
import { startChild } from "../processes/child-process.ts";
import type { Benchmark } from "../report/table.ts";
import { type LogLine, type LogSubject, logSubjects } from "../tasks/log-lines-task.ts";

const names: Readonly<Record<LogLine, string>> = {
  message: 'info("x")',
  flat: 'info({ a: 1 }, "x")',
  eight: "info({ eight flat fields }, …)",
  ruled: "info({ url, path, key, … }, …)",
  nested: "info({ three objects }, …)",
  error: "info({ err }, …)",
};
const kinds = Object.keys(names) as LogLine[];

type Figure = Readonly<Record<LogSubject, number>>;

/** What a line of the app's own costs by `createLogger`, against plain pino, without and with the ids of the span in it. */
export const logLine: Benchmark = async ({ quick, progress }) => {
  const lines = 1_000;
  const rounds = quick ? 20 : 200;
  progress("log-line");
  const child = await startChild("logLines", null);
  const figures = {} as Record<LogLine, Figure>;
  for (const line of kinds) {
    // until it is compiled
    await child.ask({ line, lines: 30_000 });
    const measured: Figure[] = [];
    for (let round = 0; round < rounds; round += 1) measured.push(await child.ask({ line, lines }));
    const fastest = (subject: LogSubject) =>
      quantile(
        measured.map((round) => round[subject]),
        0.1,
      );
    figures[line] = { plain: fastest("plain"), ids: fastest("ids"), ours: fastest("ours") };
  }
  await child.stop();
  return {
    title: "A line of the app's own",
    method:
      `A line inside a sampled span, to a stream that keeps nothing: blocks of ${lines.toLocaleString("en")} lines by turns in one process, ` +
      `the tenth of ${rounds} rounds from the fast end. Plain pino has no ids; with ids it has ISO time, the level's name, and the span's by its \`mixin\`.`,
    tables: [
      {
        columns: ["", ...logSubjects.map((subject) => `µs, ${columnOf[subject]}`), "ratio to plain", "ratio with ids"],
        rows: kinds.map((line) => {
          const { plain, ids, ours } = figures[line];
          return [names[line], ...[plain, ids, ours, ours / plain, ours / ids].map((value) => value.toFixed(2))];
        }),
      },
    ],
    figures,
  };
};

const columnOf: Readonly<Record<LogSubject, string>> = {
  plain: "plain pino",
  ids: "plain pino with ids",
  ours: "createLogger",
};
