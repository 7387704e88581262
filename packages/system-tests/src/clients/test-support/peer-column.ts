import type { Played, ToldSpan } from "./play-endings.ts";
import { slugOf } from "./play-endings.ts";
import type { Ending, Told } from "./table/ending.ts";

/** What one layer made of one ending. */
export interface Cell {
  readonly ending: string;
  /** The app saw what it sees bare. */
  readonly isSame: boolean;
  /** One span for each inference, or for all attempts of one. */
  readonly isOnce: boolean;
  /** Undefined where no server told a usage. */
  readonly hasUsage: boolean | undefined;
  /** Undefined where no first token came in a stream. */
  readonly hasFirstToken: boolean | undefined;
  /** Undefined where nothing failed. */
  readonly hasError: boolean | undefined;
}

/** A layer's column of the table, one cell for each ending. */
export function columnOf(
  endings: readonly Ending[],
  bare: ReadonlyMap<string, Played>,
  layered: ReadonlyMap<string, Played>,
  toldOf: (ending: Ending) => readonly Told[],
): readonly Cell[] {
  return endings.map((ending) => {
    const [without, within] = [bare.get(slugOf(ending)), layered.get(slugOf(ending))];
    const { spans = [] } = within?.report ?? {};
    const told = toldOf(ending);
    const each = (isAsked: (one: Told) => boolean, isThere: (span: ToldSpan) => boolean) =>
      told.some(isAsked) ? spans.filter(isThere).length >= told.filter(isAsked).length : undefined;
    return {
      ending: ending.name,
      isSame: JSON.stringify(without?.log) === JSON.stringify(within?.log),
      isOnce: spans.length === told.length || (spans.length === 1 && isRetried(ending)),
      hasUsage: each(({ prompt }) => prompt !== undefined, hasUsage),
      hasFirstToken: each(({ first }) => first === true, hasFirstToken),
      hasError: each(({ error }) => error !== undefined, hasError),
    };
  });
}

/** Who observes calls has one span for all attempts of one. */
const isRetried = ({ options }: Ending) => (options?.maxRetries ?? 0) > 0;

const hasUsage = ({ attributes }: ToldSpan) =>
  Object.entries(attributes).some(
    ([name, value]) => /token/i.test(name) && /input|prompt/i.test(name) && Number(value) > 0,
  ) || /"input":\d+/.test(String(attributes["langfuse.observation.usage_details"] ?? ""));
const hasFirstToken = ({ attributes }: ToldSpan) =>
  Object.entries(attributes).some(([name, value]) => /first|ttft|completion_start/i.test(name) && value !== 0);
const hasError = ({ attributes, status }: ToldSpan) =>
  status.code === 2 || attributes["error.type"] !== undefined || Object.values(attributes).includes("ERROR");

/** A column in a few lines: how often it did what, and where it did not. */
export function shownColumn(title: string, cells: readonly Cell[]): string {
  const counts = (["isSame", "isOnce", "hasUsage", "hasFirstToken", "hasError"] as const).map((what) => {
    const asked = cells.filter((cell) => cell[what] !== undefined);
    return `${asked.filter((cell) => cell[what]).length} of ${asked.length}`;
  });
  const missed = (what: "isSame" | "isOnce") =>
    cells
      .filter((cell) => !cell[what])
      .map(({ ending }) => ending)
      .join("; ") || "none";
  return [
    `${title}: app as bare ${counts[0]}, one span each ${counts[1]}, usage ${counts[2]}, first token ${counts[3]}, error ${counts[4]}`,
    `  app sees something else: ${missed("isSame")}`,
    `  spans lost or doubled: ${missed("isOnce")}`,
    "",
  ].join("\n");
}
