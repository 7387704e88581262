import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { folder as boardsFolder } from "../grafana-json.ts";
import { type AnsweredPanel, answered, marksOf, type Question } from "./answers.ts";
import { type BoardVariable, laidOut, type NamedBoard, onlyRows, readBoards } from "./board.ts";
import { type Painted, type Painter, painter } from "./drawing.ts";
import { httpApi } from "./http-api.ts";
import { help, type PictureOptions, readOptions } from "./options.ts";
import { bundlePage } from "./page-bundle.ts";
import { openSource, type Source } from "./source.ts";
import { firstValues, type Values } from "./variables.ts";

const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) return void process.stdout.write(help);
  const boards = await readBoards(options.folder ?? boardsFolder, options.boards);
  const out = resolve(options.out);
  await mkdir(out, { recursive: true });
  const bundle = await bundlePage(join(out, "page"), say);
  const source = await openSource(options, say);
  const paints = await painter(bundle, join(out, "page"));
  try {
    for (const board of boards) {
      for (const width of options.widths) await picture(board, width, { source, paints, options, out });
    }
  } finally {
    await paints.close();
    await source.close();
  }
}

interface Studio {
  readonly source: Source;
  readonly paints: Painter;
  readonly options: PictureOptions;
  readonly out: string;
}

async function picture({ name, board }: NamedBoard, width: number, { source, paints, options, out }: Studio) {
  const api = httpApi(source.url);
  const variables = board.templating?.list ?? [];
  const values = await firstValues(variables, api.labelValues);
  const { span, scrape, alerts } = source;
  const question: Question = { api, values, span, scrape, width, alerts };
  const panels = await answered(onlyRows(laidOut(board, options), options.rows), question);
  const marks = await marksOf(board, question);
  const shown = variables
    .filter(({ hide = 0 }) => hide !== 2)
    .map((variable) => ({ label: variable.label ?? variable.name, value: nameOf(variable, values) }));
  const links = (board.links ?? []).map(({ title }) => title);
  for (const theme of options.themes) {
    const file = join(out, `${name}-${width}${theme === "dark" ? "" : `-${theme}`}.png`);
    const drawing = { title: board.title, width, theme, span, variables: shown, links, panels, marks };
    const painted = await paints.paint(drawing, file);
    say(`${file}: ${panels.length} panels`);
    sayFaults(painted);
  }
  for (const { panel, answers } of panels)
    for (const { refId, error } of answers) if (error !== undefined) say(`  ${panel.title} ${refId}: ${error}`);
  const empty = panels.filter(
    ({ answers }) => answers.length > 0 && answers.every(({ series }) => series.length === 0),
  );
  say(`  slowest: ${slowestOf(panels)}`);
  if (empty.length > 0) say(`  without data: ${empty.map(({ panel }) => panel.title).join(", ")}`);
}

/** What is wrong with a picture itself. */
function sayFaults({ complaints, panels }: Painted): void {
  for (const complaint of new Set(complaints)) say(`  the page says: ${complaint}`);
  for (const { title, cut } of panels) if (cut.length > 0) say(`  cut in ${title}: ${cut.join(", ")}`);
}

/** Queries that are named as the slowest. */
const slowest = 5;

/** What a reader waits for longest, of queries that are asked a few at a time. */
function slowestOf(panels: readonly AnsweredPanel[]): string {
  const all = panels.flatMap(({ panel, answers }) =>
    answers.map(({ refId, tookMs }) => ({ name: `${panel.title} ${refId}`, tookMs })),
  );
  const some = all.toSorted((one, other) => other.tookMs - one.tookMs).slice(0, slowest);
  return some.map(({ name, tookMs }) => `${name} ${Math.round(tookMs)} ms`).join(", ");
}

/** What the menu of a variable says. */
function nameOf({ name, current }: BoardVariable, values: Values): string {
  const texts = [current?.text ?? values.get(name)?.chosen ?? ""].flat();
  return texts.join(" + ").replace(/^\.[+*]$/, "All");
}

// what was started is killed when this process exits, and a signal alone does not let it exit so
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

await main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
