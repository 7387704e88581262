import { type Random, shuffled } from "./random.ts";

/** What one round measured of each subject. */
export type Round<Name extends string, Measured> = Readonly<Record<Name, Measured>>;

/**
 * Measures the subjects in turn, in a new random order each round. What disturbs the machine for longer than a round disturbs them all
 * alike, so that figures are compared within rounds and never across them.
 */
export async function interleave<Name extends string, Measured>(
  names: readonly Name[],
  rounds: number,
  random: Random,
  measure: (name: Name) => Promise<Measured>,
): Promise<Round<Name, Measured>[]> {
  const results: Round<Name, Measured>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const measured: Partial<Record<Name, Measured>> = {};
    for (const name of shuffled(names, random)) measured[name] = await measure(name);
    results.push(measured as Record<Name, Measured>);
  }
  return results;
}
