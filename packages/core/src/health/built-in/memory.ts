import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { ranges, readNumber } from "../../settings/read-number.ts";
import type { CheckOptions, HealthCheck } from "../check.ts";
import { gibibytes } from "./bytes.ts";

/**
 * Whether memory runs out. Not critical unless it is told otherwise: every replica is short of it at once, and if all of them are taken out,
 * nobody is served.
 */
export interface MemoryCheckOptions extends CheckOptions {
  /**
   * The most resident memory, in bytes. A model that is mapped from its file counts as far as it was read.
   * @default `AIWATCH_HEALTH_MAX_RSS_BYTES`, else 90 % of the container's limit, of the machine's memory where there is none
   */
  readonly maxRssBytes?: number;
  /** The most that the JavaScript heap may hold, in bytes. @default `AIWATCH_HEALTH_MAX_HEAP_BYTES`, else 90 % of V8's limit */
  readonly maxHeapBytes?: number;
}

const share = 0.9;

export function memoryCheck(options: MemoryCheckOptions): HealthCheck {
  const limit = (name: "maxRssBytes" | "maxHeapBytes", variable: string) =>
    readNumber({ option: options[name], name: `health.memory.${name}`, variable, range: ranges.bytes });
  const maxRss = limit("maxRssBytes", "AIWATCH_HEALTH_MAX_RSS_BYTES");
  const maxHeap = limit("maxHeapBytes", "AIWATCH_HEALTH_MAX_HEAP_BYTES") ?? getHeapStatistics().heap_size_limit * share;
  return () => {
    const { rss, heapUsed } = process.memoryUsage();
    const over = [
      ...tooMuch("resident memory", rss, maxRss ?? availableMemory() * share),
      ...tooMuch("heap", heapUsed, maxHeap),
    ];
    return over.length === 0 ? true : { ok: false, detail: over.join("; ") };
  };
}

function tooMuch(what: string, bytes: number, limit: number): string[] {
  return bytes > limit ? [`${what} ${gibibytes(bytes)}, over ${gibibytes(limit)}`] : [];
}

/**
 * What this process can have. Asked each time: a container's limit may be changed while it runs. Where there is none, Node tells 0 or a number
 * that no machine has.
 */
function availableMemory(): number {
  const constrained: number | undefined = process.constrainedMemory();
  const total = totalmem();
  return constrained !== undefined && constrained > 0 && constrained < total ? constrained : total;
}
