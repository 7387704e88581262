export interface LogLines {
  write(line: string): void;
  /** The lines so far, as objects; throws where one holds a name twice. */
  lines(): Record<string, unknown>[];
}

/** Where a logger under test writes. */
export function logLines(): LogLines {
  const raw: string[] = [];
  return { write: (line) => raw.push(line), lines: () => raw.map(parseStrictly) };
}

/** JSON.parse keeps the last of two equal names: the text is made again from what was read, and must be as long. */
function parseStrictly(line: string): Record<string, unknown> {
  const object: Record<string, unknown> = JSON.parse(line);
  if (JSON.stringify(object).length !== line.trimEnd().length) throw new Error(`a name twice in ${line}`);
  return object;
}
