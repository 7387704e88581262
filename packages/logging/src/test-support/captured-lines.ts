import type { LogDestination } from "../logger/pretty-stream.ts";

export interface CapturedLines extends LogDestination {
  readonly raw: string[];
  /** The lines as objects; throws where one holds a name twice. */
  lines(): Record<string, unknown>[];
  last(): Record<string, unknown>;
}

/** A destination that keeps what was written. */
export function capturedLines(): CapturedLines {
  const raw: string[] = [];
  const lines = () => raw.map(parseStrictly);
  return {
    raw,
    write: (line) => raw.push(line),
    lines,
    last: () => lines().at(-1) ?? {},
  };
}

/** JSON.parse keeps the last of two equal names: the text is made again from what was read, and must be as long. */
function parseStrictly(line: string): Record<string, unknown> {
  const object: Record<string, unknown> = JSON.parse(line);
  if (JSON.stringify(object).length !== line.trimEnd().length) throw new Error(`a name twice in ${line}`);
  return object;
}
