import { isKnown } from "./figures.ts";

/** Lines and bars as numbers, before anything is drawn. */

/** The box that a course is drawn in. Its width is stretched to that of the tile, so that only the height is in pixels. */
export const courseBox = { width: 100, height: 26 } as const;

/** The paths of a course over time, and where its limit lies. */
export interface Course {
  readonly line: string;
  readonly area: string;
  /** Absent where there is no limit. */
  readonly limitY?: string;
}

/** Fewer say nothing of a course: they are a dot in an empty box. */
const fewestValues = 4;

/**
 * A null breaks the line: nothing is drawn where nothing was measured. The width is that of the values, few or many.
 *
 * @returns undefined where there are too few
 */
export function courseOf(values: readonly (number | null)[], limit?: number): Course | undefined {
  if (values.filter(isKnown).length < fewestValues) return undefined;
  const { width, height } = courseBox;
  const top = Math.max(limit ?? 0, ...values.filter(isKnown)) * 1.08 || 1;
  const x = (at: number) => round((at * width) / (values.length - 1));
  const y = (value: number) => round(height - 1 - (value / top) * (height - 2));
  const runs = runsOf(values).map((run) => run.map(([at, value]) => `${x(at)} ${y(value)}`));
  const line = runs.map((points) => (points.length === 1 ? `M${points[0]}h.01` : `M${points.join("L")}`)).join("");
  const area = runs.filter((points) => points.length > 1).map((points) => filled(points, height));
  return { line, area: area.join(""), ...(limit === undefined ? {} : { limitY: y(limit) }) };
}

function filled(points: readonly string[], height: number): string {
  const [first = "", last = ""] = [points[0], points.at(-1)].map((point) => point?.split(" ")[0] ?? "");
  return `M${points.join("L")}L${last} ${height}L${first} ${height}Z`;
}

function runsOf(values: readonly (number | null)[]): (readonly [at: number, value: number])[][] {
  const runs: (readonly [number, number])[][] = [];
  let isOpen = false;
  values.forEach((value, at) => {
    if (isKnown(value)) {
      if (isOpen) runs.at(-1)?.push([at, value]);
      else runs.push([[at, value]]);
    }
    isOpen = isKnown(value);
  });
  return runs;
}

/** A piece of a bar, in percent of its width. */
export interface Piece<Kind extends string> {
  readonly kind: Kind;
  readonly x: string;
  readonly width: string;
}

/** What is there at all is seen: two pixels on a bar of 330. */
const leastShare = 0.6;

/**
 * The pieces of a bar, one behind the other. What is 0 or unknown has none; what the smallest ones are made wider by, the widest one is narrower.
 *
 * @param whole what the full width stands for
 */
export function piecesOf<Kind extends string>(
  parts: readonly (readonly [kind: Kind, value: number | undefined])[],
  whole: number,
): Piece<Kind>[] {
  const known = parts.flatMap(([kind, value]) => (isKnown(value) && value > 0 && whole > 0 ? [{ kind, value }] : []));
  const widths = known.map(({ value }) => Math.max((value / whole) * 100, leastShare));
  const widest = widths.indexOf(Math.max(...widths));
  const excess = widths.reduce((sum, width) => sum + width, -100);
  let begin = 0;
  return known.map(({ kind }, at) => {
    const width = (widths[at] ?? 0) - (at === widest ? Math.max(excess, 0) : 0);
    const piece = { kind, x: round(begin), width: round(width) };
    begin += width;
    return piece;
  });
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
