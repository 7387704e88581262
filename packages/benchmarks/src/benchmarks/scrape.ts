import { interleave, type Random, seededRandom } from "../measure/pairs.ts";
import { type Estimate, estimateMedian, median } from "../measure/statistics.ts";
import { startChild } from "../processes/child-process.ts";
import type { Benchmark, Settings, Table } from "../report/table.ts";
import { estimateTexts } from "../report/table.ts";
import type { ScrapedApp } from "../tasks/scrape-tasks.ts";

const formats = {
  "classic text": "text/plain",
  OpenMetrics: "application/openmetrics-text; version=1.0.0",
} as const;

type Format = keyof typeof formats;

const names = Object.keys(formats) as Format[];
const apps: readonly ScrapedApp[] = [
  { models: 1, underWay: 0 },
  { models: 1, underWay: 200 },
  { models: 50, underWay: 0 },
];
const labelSets = 1_000;

/** What one `GET /metrics` costs, and for how long it holds up everything else. */
export const scrape: Benchmark = async (settings) => {
  const random = seededRandom(settings.seed);
  const cost = await measureCost(settings, random);
  const blocks = await measureBlocks(settings, random);
  return {
    title: "One scrape",
    method:
      "CPU time of `GET /metrics` into a socket that goes nowhere, with 20 inferences of each model recorded, and answers under way of which each has 100 tokens; and the longest turn of the event " +
      `loop meanwhile, with ${labelSets.toLocaleString("en")} label sets of the HTTP counter and histogram, each with an exemplar.`,
    tables: [cost.table, blocks.table],
    figures: { ...cost.figures, ...blocks.figures },
  };
};

interface Part {
  readonly table: Table;
  readonly figures: Readonly<Record<string, unknown>>;
}

async function measureCost({ quick, progress }: Settings, random: Random): Promise<Part> {
  const rows: string[][] = [];
  const figures: Record<string, { readonly millis: Estimate; readonly bytes: number }> = {};
  for (const app of apps) {
    const { models, underWay } = app;
    progress(`scrape: ${models} models, ${underWay} answers under way`);
    const child = await startChild("scrape", app);
    const scrapes = models === 1 ? 40 : 8;
    const measure = (name: Format) => child.ask({ scrapes, accept: formats[name] });
    await interleave(names, 3, random, measure);
    const rounds = await interleave(names, quick ? 5 : 15, random, measure);
    await child.stop();
    for (const name of names) {
      const perScrape = rounds.map((round) => round[name].cpuMicros / scrapes / 1000);
      const millis = estimateMedian(perScrape, random);
      const bytes = median(rounds.map((round) => round[name].bytes));
      figures[`${name}, ${models} models, ${underWay} under way`] = { millis, bytes };
      const goal = underWay > 0 ? "≤ 5" : "";
      rows.push([name, String(models), String(underWay), ...estimateTexts(millis, 2), goal, (bytes / 1024).toFixed(0)]);
    }
  }
  return { table: { columns: ["", "models", "under way", "ms per scrape", "95 %", "goal", "KiB"], rows }, figures };
}

async function measureBlocks({ quick, progress }: Settings, random: Random): Promise<Part> {
  progress(`scrape: ${labelSets} label sets`);
  const child = await startChild("scrapeBlocks", labelSets);
  const measure = (name: Format) => child.ask(formats[name]);
  const [first] = await interleave(names, 1, random, measure);
  const rounds = await interleave(names, quick ? 10 : 60, random, measure);
  await child.stop();
  const figures: Record<string, unknown> = {};
  const rows = names.map((name) => {
    const millis = rounds.map((round) => round[name].millis);
    const longest = estimateMedian(millis, random);
    const worst = Math.max(...millis);
    const firstMillis = first?.[name].millis ?? Number.NaN;
    const bytes = median(rounds.map((round) => round[name].bytes));
    figures[`${name}, ${labelSets} label sets`] = { longest, worst, first: firstMillis, bytes };
    const others = [worst, firstMillis].map((figure) => figure.toFixed(1));
    return [name, ...estimateTexts(longest, 1), ...others, "≤ 20", (bytes / 1024).toFixed(0)];
  });
  const columns = ["", "ms at a time", "95 %", "the worst", "the first", "goal", "KiB"];
  return { table: { caption: "The longest turn of the event loop", columns, rows }, figures };
}
