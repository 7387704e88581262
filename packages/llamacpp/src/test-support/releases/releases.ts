/** A release of node-llama-cpp that the peer range allows. */
export interface Release {
  readonly version: string;
  /** What its objects tell of themselves besides what all releases do. */
  readonly tells: { readonly contextMemory: boolean; readonly parameters: boolean };
}

/** The oldest and the newest; the one between them that the packages are developed with is in all other tests. */
export const releases: readonly Release[] = [
  { version: "3.6.0", tells: { contextMemory: false, parameters: false } },
  { version: "3.22.1", tells: { contextMemory: true, parameters: true } },
];

export function isBefore(version: string, other: string): boolean {
  const [left, right] = [numbersOf(version), numbersOf(other)];
  const place = left.findIndex((number, index) => number !== right[index]);
  return (left[place] ?? 0) < (right[place] ?? 0);
}

function numbersOf(version: string): readonly number[] {
  return version.split(".").map(Number);
}
