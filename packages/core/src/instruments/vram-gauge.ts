import { catalogue } from "../catalogue/index.ts";
import type { GpuMemory, GpuMemoryReading } from "../models/gpu-memory.ts";
import { ReadGauge } from "./gauge.ts";
import type { MetricSnapshot } from "./metric.ts";

/** The memory of the GPUs: read when somebody scrapes, and waited for, since engines do not tell it at once. */
export class VramGauge extends ReadGauge<typeof catalogue.vram> {
  readonly #gpus: GpuMemory;
  readonly #last: { reading: GpuMemoryReading | undefined };

  constructor(gpus: GpuMemory) {
    const last: { reading: GpuMemoryReading | undefined } = { reading: undefined };
    super(catalogue.vram, () => [
      [{ state: "used" }, last.reading?.usedBytes],
      [{ state: "total" }, last.reading?.totalBytes],
    ]);
    this.#gpus = gpus;
    this.#last = last;
  }

  override async get(): Promise<MetricSnapshot> {
    this.#last.reading = await this.#gpus.read();
    return await super.get();
  }
}
