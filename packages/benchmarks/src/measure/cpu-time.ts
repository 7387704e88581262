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
