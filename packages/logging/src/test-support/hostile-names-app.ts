/** Run as a process of its own with `--expose-gc`: logs under names that are long, and new each time, and writes how many bytes the heap grew by. */
import { createLogger } from "../create-logger.ts";

const logger = createLogger({ pretty: false, destination: { write: () => true } });
const logNames = (round: number) => {
  for (let count = 0; count < 300; count += 1) logger.info({ [`${round}-${count}-${"x".repeat(50_000)}`]: 1 });
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
const before = logNames(0);
let after = before;
for (let round = 1; round <= 8; round += 1) after = logNames(round);
process.stdout.write(String(after - before));
