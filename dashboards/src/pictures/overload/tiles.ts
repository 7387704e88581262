import { answered, type Question } from "../answers.ts";
import { type Board, laidOut, onlyRows } from "../board.ts";
import type { ReadersFigures } from "./figures.ts";

export interface Tile {
  readonly title: string;
  readonly unit: string;
  /** Of each series, by its legend; none where the query has no answer. */
  readonly values: readonly { readonly name: string; readonly value: number }[];
  readonly noValue: string;
}

const kinds = ["stat", "gauge", "bargauge"];

interface Described {
  readonly fieldConfig?: { readonly defaults?: { readonly unit?: string; readonly noValue?: string } };
}

/** What the tiles of a board's first row say. */
export async function firstTiles(board: Board, question: Question): Promise<Tile[]> {
  const shown = laidOut(board, { collapsed: false });
  const first = shown.find(({ panel }) => panel.type === "row")?.panel.title ?? "";
  const tiles = onlyRows(shown, [first]).filter(({ panel }) => kinds.includes(panel.type));
  return (await answered(tiles, question)).map(({ panel, answers }) => {
    const { unit = "none", noValue = "No data" } = (panel as Described).fieldConfig?.defaults ?? {};
    const series = answers.flatMap((answer) => answer.series.map((one) => ({ ...one, legend: answer.legendFormat })));
    const values = series.flatMap(({ labels, values: all, legend }) => {
      const value = all.findLast((one) => one !== null);
      return value === null || value === undefined ? [] : [{ name: labels["model"] ?? legend, value }];
    });
    return { title: panel.title ?? "", unit, values, noValue };
  });
}

/** A tile's text, near enough to Grafana's. */
export function textOf({ unit, values, noValue }: Tile): string {
  const texts = values.map(({ name, value }) => `${values.length > 1 ? `${name} ` : ""}${withUnit(value, unit)}`);
  return texts.length === 0 ? noValue : texts.join(", ");
}

export function withUnit(value: number | undefined, unit: string): string {
  if (value === undefined) return "–";
  if (unit === "s") return value < 1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(1)} s`;
  if (unit === "percentunit") return `${(value * 100).toFixed(1)} %`;
  if (unit === "bytes") return `${(value / 2 ** 20).toFixed(1)} MiB`;
  const suffix = unit === "reqps" ? " req/s" : /^(suffix|count):/.test(unit) ? unit.replace(/^\w+:/, " ") : "";
  return `${Number(value.toPrecision(3))}${suffix}`;
}

/** Which of the readers' figures a tile ought to agree with, by its title; the first that fits. */
const counterparts: readonly (readonly [RegExp, (figures: ReadersFigures) => string])[] = [
  [/queued|queue time/i, () => "in the engine: the readers cannot tell"],
  [/ttft/i, (f) => `from the call on; the readers' own ${withUnit(f.firstTokenP95, "s")}`],
  [/burn|budget/i, (f) => `${withUnit(f.goodShare, "percentunit")} within the objective`],
  [/first token|wait for/i, (f) => `first token p95 ${withUnit(f.firstTokenP95, "s")}`],
  [/waiting/i, (f) => `${f.waiting} without a word, ${f.reading} reading`],
  [/refus/i, (f) => `refused ${withUnit(f.refusedShare, "percentunit")} (${f.refused})`],
  [/fail/i, (f) => `failed ${withUnit(f.failedShare, "percentunit")} (${f.failed})`],
  [/error/i, (f) => `failed or refused ${withUnit(f.turnedAwayShare, "percentunit")} (${f.failed} + ${f.refused})`],
  [/goodput|objective|slo/i, (f) => `within the objective ${withUnit(f.goodShare, "percentunit")}`],
  [/active requests/i, (f) => `${f.waiting + f.reading} open`],
  [/req/i, (f) => `${f.endedPerSecond.toFixed(3)} ended/s`],
  [/abort|left|gave up/i, (f) => `${f.left} left before a word`],
];

export function counterpartOf({ title }: Tile, figures: ReadersFigures): string {
  return counterparts.find(([pattern]) => pattern.test(title))?.[1](figures) ?? "";
}
