/**
 * Milliseconds of the event loop's longest turn while `work` runs: for so long nothing else is answered. Of each turn the lesser of wall time,
 * which other processes lengthen, and of the process's CPU time, in which the collector's own threads count: the thread itself took no more
 * than either. (Its own CPU time is counted in steps of up to 4 ms, too coarse for a turn.)
 */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let last = now();
  let longest = 0;
  const note = () => {
    const { wall, cpu } = now();
    longest = Math.max(longest, Math.min(wall - last.wall, cpu - last.cpu));
    last = now();
  };
  let next = setImmediate(function turn() {
    note();
    next = setImmediate(turn);
  });
  try {
    await work();
    note();
  } finally {
    clearImmediate(next);
  }
  return longest;
}

function now(): { readonly wall: number; readonly cpu: number } {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1000 };
}
