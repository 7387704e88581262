import { type LoopDelay, longestBetween } from "./loop-delays.ts";
import type { Visited } from "./visit.ts";

/** One wait for the first token, as its reader measured it and as the server did, in milliseconds. */
export interface Pair {
  readonly id: string;
  /** When the question was sent, in milliseconds of the time of day. */
  readonly sentAt: number;
  readonly theirs: number;
  readonly ours: number;
}

/** The event loops of both processes. */
export interface Loops {
  readonly reader: readonly LoopDelay[];
  readonly server: readonly LoopDelay[];
}

/** A wait of which both tell another story. */
export interface Outlier extends Pair {
  readonly readerLoopMs: number;
  readonly serverLoopMs: number;
}

export interface Agreement {
  readonly count: number;
  /** Of the reader's time less ours. */
  readonly medianDifferenceMs: number;
  /** The share of those that differ by no more than `toleratedMs`. */
  readonly shareTolerated: number;
  readonly theirs: Figures;
  readonly ours: Figures;
  /** The others, the greatest difference first. */
  readonly outliers: readonly Outlier[];
}

interface Figures {
  readonly sumMs: number;
  readonly p50: number;
  readonly p95: number;
}

/** Whatever is larger: 20 ms, or 5 % of what the reader measured. */
export function toleratedMs(theirs: number): number {
  return Math.max(20, 0.05 * theirs);
}

/** @throws RangeError where there is none */
export function agreementOf(pairs: readonly Pair[], loops: Loops): Agreement {
  const differenceOf = ({ theirs, ours }: Pair) => theirs - ours;
  const outliers = pairs
    .filter((pair) => Math.abs(differenceOf(pair)) > toleratedMs(pair.theirs))
    .toSorted((a, b) => Math.abs(differenceOf(b)) - Math.abs(differenceOf(a)));
  return {
    count: pairs.length,
    medianDifferenceMs: quantileOf(pairs.map(differenceOf), 0.5),
    shareTolerated: 1 - outliers.length / pairs.length,
    theirs: figuresOf(pairs.map(({ theirs }) => theirs)),
    ours: figuresOf(pairs.map(({ ours }) => ours)),
    outliers: outliers.map((pair) => ({ ...pair, ...delaysDuring(pair, loops) })),
  };
}

function figuresOf(values: readonly number[]): Figures {
  const sumMs = values.reduce((sum, value) => sum + value, 0);
  return { sumMs, p50: quantileOf(values, 0.5), p95: quantileOf(values, 0.95) };
}

/** The value that a share of all is not above: one of them. */
export function quantileOf(values: readonly number[], share: number): number {
  const value = values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1];
  if (value === undefined) throw new RangeError("there is no value");
  return value;
}

function delaysDuring({ sentAt, theirs }: Pair, { reader, server }: Loops) {
  const until = sentAt + theirs;
  return { readerLoopMs: longestBetween(reader, sentAt, until), serverLoopMs: longestBetween(server, sentAt, until) };
}

/** Of a machine that stood still there would be thousands. */
const mostListed = 50;

/** As lines for whoever runs the test. */
export function reportOf({ outliers, ...agreement }: Agreement, loops: Loops): string {
  const { count, medianDifferenceMs, shareTolerated, theirs, ours } = agreement;
  const row = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => (typeof cell === "number" ? cell.toFixed(1) : cell)).join(" | ")} |`;
  const loop = (delays: readonly LoopDelay[]) => {
    const all = delays.map(({ ms }) => ms);
    return all.length === 0 ? [0, 0] : [quantileOf(all, 0.95), Math.max(...all)];
  };
  return [
    `${count} waits for a first token, in ms; the reader's less ours: median ${medianDifferenceMs.toFixed(1)}, ${(100 * shareTolerated).toFixed(1)} % within max(20 ms, 5 %)`,
    row(["", "sum", "p50", "p95", "late turns of its event loop: p95", "longest"]),
    row(["---", "---", "---", "---", "---", "---"]),
    row(["the readers'", theirs.sumMs, theirs.p50, theirs.p95, ...loop(loops.reader)]),
    row(["ours", ours.sumMs, ours.p50, ours.p95, ...loop(loops.server)]),
    ...(outliers.length === 0 ? [] : [row(["further apart", "reader", "ours", "difference", "reader's loop", "ours"])]),
    ...outliers
      .slice(0, mostListed)
      .map(({ id, theirs, ours, readerLoopMs, serverLoopMs }) =>
        row([id, theirs, ours, theirs - ours, readerLoopMs, serverLoopMs]),
      ),
    ...(outliers.length > mostListed ? [`and ${outliers.length - mostListed} that are less far apart`] : []),
    "",
  ].join("\n");
}

/** Pairs of what readers measured with what the server says of the same questions. */
export function pairsOf(visits: readonly Visited[], told: ReadonlyMap<string, number>): Pair[] {
  return visits.flatMap(({ id, sentAt, firstTextMs: theirs }) => {
    const ours = told.get(id);
    return theirs === undefined || ours === undefined ? [] : [{ id, sentAt, theirs, ours }];
  });
}
