import type { Visit } from "./readers.ts";

/** What the readers saw in a while; `undefined` where nothing tells. */
export interface ReadersFigures {
  readonly asked: number;
  readonly firstTokenP95: number | undefined;
  /** Of those whose first token came or who failed before it: the share within the objective. */
  readonly goodShare: number | undefined;
  readonly refusedShare: number | undefined;
  readonly failedShare: number | undefined;
  /** Of all that ended: the share that failed or was refused. */
  readonly turnedAwayShare: number | undefined;
  readonly refused: number;
  readonly failed: number;
  readonly left: number;
  /** Now: without a word yet, and not answered otherwise. */
  readonly waiting: number;
  readonly reading: number;
  readonly endedPerSecond: number;
}

interface While {
  readonly from: number;
  readonly to: number;
  /** In seconds, from the question to the first piece of text. */
  readonly objective: number;
}

/** @param visits at the moment `to` */
export function figuresOf(visits: readonly Visit[], { from, to, objective }: While): ReadersFigures {
  const within = (time: number | undefined) => time !== undefined && time >= from && time <= to;
  const began = visits.filter(({ firstTextAt }) => within(firstTextAt));
  const waits = began.map(({ sentAt, firstTextAt = 0 }) => firstTextAt - sentAt).sort((a, b) => a - b);
  const ended = visits.filter(({ endedAt }) => within(endedAt));
  const count = (fate: Visit["fate"]) => ended.filter((visit) => visit.fate === fate).length;
  const failedBefore = ended.filter(({ fate, firstTextAt }) => fate === "failed" && firstTextAt === undefined).length;
  const good = waits.filter((wait) => wait <= objective).length;
  const share = (part: number, whole: number) => (whole === 0 ? undefined : part / whole);
  return {
    asked: visits.filter(({ sentAt }) => within(sentAt)).length,
    firstTokenP95: quantile(waits, 0.95),
    goodShare: share(good, waits.length + failedBefore),
    refusedShare: share(count("refused"), ended.length),
    failedShare: share(count("failed"), ended.length - count("refused") - count("left")),
    turnedAwayShare: share(count("failed") + count("refused"), ended.length),
    refused: count("refused"),
    failed: count("failed"),
    left: count("left"),
    waiting: visits.filter(({ fate }) => fate === "waits").length,
    reading: visits.filter(({ fate }) => fate === "reads").length,
    endedPerSecond: ended.length / (to - from),
  };
}

/** Of sorted values, the smallest that so large a part of them is not above. */
function quantile(sorted: readonly number[], part: number): number | undefined {
  return sorted[Math.max(Math.ceil(sorted.length * part) - 1, 0)];
}
