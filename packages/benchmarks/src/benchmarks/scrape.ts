import { interleave } from "../measure/pairs.ts";
import { seededRandom } from "../measure/random.ts";
import { type Estimate, estimateMedian, median } from "../measure/statistics.ts";
import { startChild } from "../processes/child-process.ts";
import { estimateTexts } from "../report/format.ts";
import type { Benchmark } from "./benchmark.ts";

const formats = {
  "classic text": "text/plain",
  OpenMetrics: "application/openmetrics-text; version=1.0.0",
} as const;

type Format = keyof typeof formats;

const names = Object.keys(formats) as Format[];
const modelCounts = [1, 50] as const;

/** What one `GET /metrics` costs. */
export const scrape: Benchmark = async (settings) => {
  const random = seededRandom(settings.seed);
  const rows: string[][] = [];
  const figures: Record<string, { readonly millis: Estimate; readonly bytes: number }> = {};
  for (const models of modelCounts) {
    settings.progress(`scrape: ${models} models`);
    const child = await startChild("scrape", models);
    const scrapes = models === 1 ? 40 : 8;
    const measure = (name: Format) => child.ask({ scrapes, accept: formats[name] });
    await interleave(names, 3, random, measure);
    const rounds = await interleave(names, settings.quick ? 5 : 15, random, measure);
    await child.stop();
    for (const name of names) {
      const perScrape = rounds.map((round) => round[name].cpuMicros / scrapes / 1000);
      const millis = estimateMedian(perScrape, random);
      const bytes = median(rounds.map((round) => round[name].bytes));
      figures[`${name}, ${models} models`] = { millis, bytes };
      rows.push([name, String(models), ...estimateTexts(millis, 2), (bytes / 1024).toFixed(0)]);
    }
  }
  return {
    title: "One scrape",
    method: "CPU time of `GET /metrics` into a socket that goes nowhere, with 20 inferences of each model recorded.",
    table: { columns: ["", "models", "ms per scrape", "95 %", "KiB"], rows },
    figures,
  };
};
