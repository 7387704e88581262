import { withTimeout } from "../base/time.ts";

/** The memory of the GPUs that an engine computes on. */
export interface GpuMemoryReading {
  readonly totalBytes: number;
  /** What is taken of it, by other programs too. */
  readonly usedBytes: number;
}

/**
 * Reads the memory of an engine's GPUs when somebody scrapes; `undefined` where it has none. A reading that fails is reported as a fault, and
 * absent; so is one that a scrape cannot wait for, and the next one is asked for when that has ended.
 */
export type ReadGpuMemory = () => Promise<GpuMemoryReading | undefined>;

/** How long a scrape waits. */
export const gpuTimeoutMs = 100;

/** What engines tell of their GPUs. */
export class GpuMemory {
  /** @internal Boards that show the same have one set, from whatever copy of this package they are. */
  engines = new Set<GpuEngine>();
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  /** @returns ends it */
  watch(read: ReadGpuMemory): () => void {
    const engine = new GpuEngine(read, this.#failed);
    this.engines.add(engine);
    return () => void this.engines.delete(engine);
  }

  /** Shows what another board shows, from now on. */
  takeOver(other: GpuMemory): void {
    for (const engine of this.engines) other.engines.add(engine);
    this.engines = other.engines;
  }

  /** The largest of each figure: the engines of a process compute on the same GPUs. Undefined where none tells. */
  async read(): Promise<GpuMemoryReading | undefined> {
    const readings = await Promise.all(Array.from(this.engines, (engine) => engine.read()));
    const known = readings.filter((reading) => reading !== undefined);
    if (known.length === 0) return undefined;
    return {
      totalBytes: Math.max(...known.map(({ totalBytes }) => totalBytes)),
      usedBytes: Math.max(...known.map(({ usedBytes }) => usedBytes)),
    };
  }
}

/** One engine, which is read once at a time: all who ask meanwhile share the reading. */
class GpuEngine {
  readonly #read: ReadGpuMemory;
  readonly #failed: (error: unknown) => void;
  #reading: Promise<GpuMemoryReading | undefined> | undefined;

  constructor(read: ReadGpuMemory, failed: (error: unknown) => void) {
    this.#read = read;
    this.#failed = failed;
  }

  async read(): Promise<GpuMemoryReading | undefined> {
    const reading = this.#reading ?? this.#begin();
    return await withTimeout(() => reading, { ms: gpuTimeoutMs, late: () => undefined });
  }

  #begin(): Promise<GpuMemoryReading | undefined> {
    const reading = this.#readNow();
    this.#reading = reading;
    void reading.then(() => {
      this.#reading = undefined;
    });
    return reading;
  }

  async #readNow(): Promise<GpuMemoryReading | undefined> {
    try {
      return await this.#read();
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }
}
