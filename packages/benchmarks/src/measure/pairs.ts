/** Numbers from 0 up to 1, the same in every run. */
export type Random = () => number;

/** Mulberry32: enough to shuffle and to resample. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same items in an order that `random` draws. */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

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

/** What a piece of work took. */
export interface Took {
  /** Microseconds of CPU, user and system, of all threads of the process: the garbage collector's and the engine's too. */
  readonly cpuMicros: number;
  /** Those of JavaScript's own thread, where observing happens. */
  readonly mainMicros: number;
  readonly wallMicros: number;
}

/** Wall time counts what other processes take from this one; CPU time does not. */
export async function timed(work: () => Promise<void>): Promise<Took> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const mainBefore = process.threadCpuUsage();
  await work();
  const main = process.threadCpuUsage(mainBefore);
  const { user, system } = process.cpuUsage(before);
  return {
    cpuMicros: user + system,
    mainMicros: main.user + main.system,
    wallMicros: (performance.now() - startedAt) * 1000,
  };
}
